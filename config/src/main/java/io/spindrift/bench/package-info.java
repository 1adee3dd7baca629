/**
 * The load generator behind {@code spindrift bench}, and behind every measurement of the harness: sessions of {@link io.spindrift.initiator} over a few
 * threads, each command's time in a histogram. A {@link io.spindrift.bench.BenchPlan} says what is asked for, a {@link io.spindrift.bench.BenchRun} does
 * it once, a {@link io.spindrift.bench.BenchReport} is what came out.
 *
 * <p>Threads, clock and randomness are given. Each {@code LoadWorker} and all it owns lives on one thread; the thread that called {@code run} only
 * takes histograms and counts away once a second.
 */
package io.spindrift.bench;
