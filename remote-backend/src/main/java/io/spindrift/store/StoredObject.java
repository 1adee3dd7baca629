package io.spindrift.store;

/** One row of a listing. @param length in bytes */
public record StoredObject(String name, long length) {}
