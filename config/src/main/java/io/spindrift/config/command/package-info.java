/**
 * The {@code spindrift} command. {@code serve} and {@code store} become a daemon; the others talk to a running one over its admin address. One
 * line on standard error and an {@link io.spindrift.config.daemon.ExitCode} tell what went wrong.
 */
package io.spindrift.config.command;
