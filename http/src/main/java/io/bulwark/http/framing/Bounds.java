package io.bulwark.http.framing;

/**
 * How large a request may be.
 *
 * @param targetBytesMax of the request target; above it 414
 * @param headBytesMax of request line and header fields together, and of a trailer section; above it 431
 * @param fieldsMax how many header field lines; above it 431
 * @param nameBytesMax of one field name; above it 431
 * @param bodyBytesMax of a body's content; above it 413
 */
public record Bounds(int targetBytesMax, int headBytesMax, int fieldsMax, int nameBytesMax, long bodyBytesMax) {
    public Bounds {
        check("targetBytesMax", targetBytesMax, headBytesMax);
        check("headBytesMax", headBytesMax, 1 << 20);
        check("fieldsMax", fieldsMax, headBytesMax);
        check("nameBytesMax", nameBytesMax, headBytesMax);
        check("bodyBytesMax", bodyBytesMax, 1L << 40);
    }

    private static void check(String name, long value, long most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ": expected 1 to " + most);
        }
    }
}
