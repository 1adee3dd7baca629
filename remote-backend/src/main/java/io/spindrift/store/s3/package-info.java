/**
 * A store in a bucket of S3 or of a server that speaks its protocol: {@link io.spindrift.store.s3.S3Store}. The libraries below it are loaded only
 * where a store of this kind is opened.
 *
 * <p>Called like every store from any thread of its bounded executor; the client below keeps no threads of its own but one for idle connections.
 */
package io.spindrift.store.s3;
