package io.spindrift.bench;

import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.TargetUrl;
import java.util.function.LongFunction;

/**
 * What one session of a load is about.
 *
 * @param share which of the unit's sessions this is, from 0 on
 * @param number which of all sessions
 * @param sessionsInAll of all units
 * @param checks the check of what is written and read, shared by the unit's sessions, by the number of its 4 KiB units
 */
record SessionTarget(TargetUrl url, InitiatorSettings settings, int share, int number, int sessionsInAll, LongFunction<StampCheck> checks) {
}
