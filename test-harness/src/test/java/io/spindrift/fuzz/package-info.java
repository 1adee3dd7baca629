/**
 * A fuzzer of iSCSI PDUs: a server of the real code on one thread under a clock that is set by hand, peers that send what no initiator
 * should, and oracles that say what must hold whatever came. {@link io.spindrift.fuzz.FuzzRun} is one run of one seed at one
 * {@link io.spindrift.fuzz.FuzzStage}; {@link io.spindrift.fuzz.Fuzz} is the command.
 *
 * <p><b>Repeating.</b> Everything follows from seed, corpus and code. Whatever is done to a {@link io.spindrift.fuzz.FuzzWorld} is kept as a
 * {@link io.spindrift.fuzz.Trace}, whose lines do it again without the rest of the run.
 */
package io.spindrift.fuzz;
