package io.spindrift.simulation;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class VolumeHistoryTest {
    private final VolumeHistory history = new VolumeHistory(3);

    private long acknowledged(int unit) {
        long sequence = history.sent(unit, 1);
        history.acknowledged(unit, 1, sequence);
        return sequence;
    }

    @Test
    void acknowledgedIsKept() {
        long first = acknowledged(0);
        long underWay = history.sent(0, 1);
        assertNull(history.afterDeath(0, first));
        assertNull(history.afterDeath(0, underWay));
        assertNotNull(history.afterDeath(0, 0), "an acknowledged write is lost");
        assertNotNull(history.afterDeath(1, first), "a write in the wrong place");
    }

    @Test
    void onlyFlushedSurvivesPowerLoss() {
        long flushed = acknowledged(0);
        history.flushAnswered(history.flushSent());
        long later = acknowledged(0);
        assertNull(history.afterPowerLoss(0, flushed));
        assertNull(history.afterPowerLoss(0, later));
        assertNotNull(history.afterPowerLoss(0, 0));
        assertNotNull(history.afterDeath(0, flushed));
    }

    @Test
    void aFlushCoversOnlyWhatWasAcknowledgedWhenItWasSent() {
        long sentAt = history.flushSent();
        long during = acknowledged(0);
        history.flushAnswered(sentAt);
        assertNull(history.afterPowerLoss(0, 0));
        assertNull(history.afterPowerLoss(0, during));
    }

    @Test
    void aMixtureIsNoPrefix() {
        long a = acknowledged(0);
        long b = acknowledged(1);
        long c = acknowledged(2);
        assertNull(history.prefix(new long[] {a, b, c}));
        assertNull(history.prefix(new long[] {a, b, 0}));
        assertNull(history.prefix(new long[] {0, 0, 0}));
        assertNotNull(history.prefix(new long[] {a, 0, c}), "b was acknowledged before c was sent");
        assertNotNull(history.prefix(new long[] {0, b, c}));
    }

    @Test
    void writesUnderWayTogetherMayBeCutApart() {
        long a = history.sent(0, 1);
        long b = history.sent(1, 1);
        history.acknowledged(0, 1, a);
        history.acknowledged(1, 1, b);
        assertNull(history.prefix(new long[] {0, b, 0}));
        assertNull(history.prefix(new long[] {a, 0, 0}));
    }

    @Test
    void aSettledStateIsTheBeginningOfWhatComes() {
        long old = acknowledged(0);
        acknowledged(0);
        history.settle(new long[] {old, 0, 0});
        assertNull(history.afterDeath(0, old));
        long fresh = acknowledged(0);
        assertNull(history.afterDeath(0, fresh));
        assertNotNull(history.afterDeath(0, old));
    }
}
