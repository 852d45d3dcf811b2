package io.bulwark.persistence.repository.remote;

import io.bulwark.persistence.repository.StoreTrouble;

/** One object of a store, read by ranges; after the first range, every other one must be of the same object. */
public interface RangeSource {
    /**
     * Reads from this place on.
     *
     * @param offset from 0, within the object, except that 0 is fine for an empty one
     * @param length the most bytes
     */
    Range read(long offset, int length) throws StoreTrouble;

    /** For messages: the object and where it is. */
    String describe();

    /** An answer. */
    final class Range {
        private final byte[] bytes;
        private final long objectBytes;

        /**
         * The array belongs to the range from now on.
         *
         * @param objectBytes the length of the whole object
         */
        public Range(byte[] bytes, long objectBytes) {
            this.bytes = bytes;
            this.objectBytes = objectBytes;
        }

        /** What was read, not copied. */
        public byte[] bytes() {
            return bytes;
        }

        /** The length of the whole object. */
        public long objectBytes() {
            return objectBytes;
        }
    }
}
