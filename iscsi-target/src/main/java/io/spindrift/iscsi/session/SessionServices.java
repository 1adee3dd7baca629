package io.spindrift.iscsi.session;

/** What all sessions of a server share; any thread. */
public record SessionServices(TargetDirectory directory, PeerLog log) {}
