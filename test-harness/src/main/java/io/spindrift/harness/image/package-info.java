/** Looks at what is in a store from outside, past every host and server. Programs with one thread. */
package io.spindrift.harness.image;
