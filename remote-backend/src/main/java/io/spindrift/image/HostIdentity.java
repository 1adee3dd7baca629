package io.spindrift.image;

import java.util.UUID;

/**
 * Who attaches. @param hostId random, kept in the host's cache folder
 * @param name for people: the host's name, at most 255 bytes of UTF-8
 */
public record HostIdentity(UUID hostId, String name) {}
