package io.spindrift.volume;

import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageInfo;
import io.spindrift.journal.Journal;

/** Whether a journal that was found on the host is of an image's history (law 3). */
final class JournalHistory {
    private JournalHistory() {}

    /**
     * Whether the image's last lease was taken with this journal, and nobody else had one in between. The journal notes the image's lease as it
     * sees it before it takes the next, so that a host that died anywhere on the way finds the image at most one epoch ahead.
     */
    static boolean isOf(Journal journal, ImageInfo info) {
        HistoryPoint noted = journal.lease();
        return info.lease().journalId().equals(journal.id())
                && noted != null
                && noted.imageId().equals(info.imageId())
                && info.lease().epoch() - noted.epoch() <= 1
                && info.lease().epoch() >= noted.epoch();
    }

    /** Why a journal that is not of the image's history can't be used for it; null where there is nothing foreign in it. */
    static String foreign(Journal journal, ImageInfo info) {
        HistoryPoint noted = journal.lease();
        if (noted == null || journal.usedBytes() == 0) {
            return null;
        }
        return "it was written under epoch " + noted.epoch() + " of image " + noted.imageId() + " up to " + journal.lastSequence() + ", the image "
                + info.imageId() + " is at epoch " + info.lease().epoch() + " and " + info.appliedSequence();
    }
}
