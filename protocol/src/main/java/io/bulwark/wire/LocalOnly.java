package io.bulwark.wire;

/** Marks a case of a message that is made and read on one node and never written: no other node has to know it. */
public interface LocalOnly {}
