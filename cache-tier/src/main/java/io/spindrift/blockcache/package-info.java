/**
 * Clean blocks on the host's disk: bounded, evicting, persistent, and disposable at any time. A cache lives on its volume's home loop, except for
 * opening it and closing it, which block and run on a bounded executor.
 */
package io.spindrift.blockcache;
