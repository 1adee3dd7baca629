/**
 * Looks at every byte of a store and tells what is not as it was written, by image and block; and puts good copies in the place of damaged
 * ones. {@link io.spindrift.engine.check.StoreCheck} goes in small steps, so that whoever runs it can pace it. It blocks, keeps no locks and only reads;
 * the images may be in use meanwhile.
 */
package io.spindrift.engine.check;
