package io.bulwark.restore;

/**
 * Rows, whatever their order: how many, and the sum of their MD5s.
 *
 * @param sum of the first and of the last 60 bits of each, in hexadecimal digits
 */
public record RowsHash(long rows, String sum) {
    @Override
    public String toString() {
        return rows + " rows, " + sum;
    }
}
