package io.spindrift.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.LeaseInfo;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WireCodecTest {
    private static final ImageAddress ADDRESS = new ImageAddress("alice", DiskType.SCRATCH, "disk0");
    private static final LeaseInfo HELD = new LeaseInfo(
            LeaseInfo.State.HELD, 3, new UUID(3, 4), new UUID(5, 6), "host-1", new UUID(7, 8), Instant.parse("2026-11-21T08:00:00.25Z"), 8192);

    @Test
    void rowsOfAListCrossAsTheyAreAlsoDamagedOnes() throws WireException {
        List<ImageInfo> rows = List.of(
                new ImageInfo(ADDRESS, new UUID(1, 2), 1 << 20, 4096, 7, Instant.parse("2026-11-21T08:00:00Z"), HELD),
                ImageInfo.damaged(ADDRESS, null, 0, "users/alice/scratch/disk0=1: fails its checksum"),
                ImageInfo.damaged(ADDRESS, new UUID(1, 2), 1 << 20, "no manifest can be read"));
        ByteBuf body = Unpooled.buffer();
        WireCodec.putInfos(body, rows);
        assertEquals(rows, WireCodec.infos(body));
        assertFalse(body.isReadable());
    }

    @Test
    void aLongReasonIsCutAndNotRefused() throws WireException {
        ByteBuf body = Unpooled.buffer();
        WireCodec.putInfo(body, ImageInfo.damaged(ADDRESS, null, 0, "x".repeat(5000)));
        assertEquals(WireCodec.MAX_STRING, WireCodec.info(body).damage().length());
    }
}
