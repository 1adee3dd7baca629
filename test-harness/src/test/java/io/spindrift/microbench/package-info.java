/**
 * Microbenchmarks (JMH) of what every command passes: the PDU codec, the block cache, the journal, the dirty map. {@code test-harness/bench/jmh} runs
 * them; a test runs each once, so that none rots. One thread, as on a home loop.
 */
package io.spindrift.microbench;
