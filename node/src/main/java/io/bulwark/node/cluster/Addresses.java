package io.bulwark.node.cluster;

import akka.actor.Address;
import akka.cluster.Member;
import io.bulwark.cluster.MemberAddress;

/** Akka's addresses as the vocabulary has them. */
final class Addresses {
    private Addresses() {}

    static MemberAddress of(Member member) {
        return of(member.address());
    }

    /** @param address of another node or of this one as the others see it; not one without a host */
    static MemberAddress of(Address address) {
        return new MemberAddress(
                address.getHost().orElseThrow(), address.getPort().orElseThrow());
    }
}
