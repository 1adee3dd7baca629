/**
 * REST and metrics: the one way in for commands, scripts and monitoring. {@link io.spindrift.config.admin.HostControl} is what the daemon
 * offers; {@link io.spindrift.config.admin.AdminServer} carries it over HTTP, {@link io.spindrift.config.admin.AdminClient} is the other end.
 *
 * <p><b>Threads.</b> Requests run on the HTTP server's own bounded threads, which call {@code HostControl} and never wait for it: answers are
 * futures.
 */
package io.spindrift.config.admin;

import io.spindrift.config.process.Threads;
