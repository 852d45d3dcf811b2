package io.bulwark.load.comparison;

import io.bulwark.load.drive.Work;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * Work of a few requests that are sent again and again, in turn.
 *
 * @param requests 1 or more
 * @param right statuses of answers that are as they should be
 */
record Prepared(List<InetSocketAddress> addresses, List<byte[]> requests, Set<Integer> right) implements Work {
    Prepared {
        addresses = List.copyOf(addresses);
        requests = List.copyOf(requests);
        right = Set.copyOf(right);
    }

    @Override
    public byte[] request(long number) {
        return requests.get((int) (number % requests.size()));
    }

    @Override
    public boolean isRight(int status) {
        return right.contains(status);
    }
}
