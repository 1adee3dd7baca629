package io.spindrift.server;

import io.spindrift.image.ImageCatalog;
import java.util.function.Function;

/** What every connection of a server shares; all of it may be used from any loop. */
record ServerContext(
        ServerSettings settings, ServerUsers users, Function<String, ImageCatalog> catalogOfUser, BatchBudget budget, PeerLog log) {}
