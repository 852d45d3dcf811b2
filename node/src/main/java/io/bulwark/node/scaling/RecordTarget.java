package io.bulwark.node.scaling;

import io.bulwark.cluster.ClusterMembers;

/** Carries nothing out: whoever reads the decisions does, a person or KEDA. Its size is that of the cluster. */
public final class RecordTarget implements ScaleTarget {
    private final ClusterMembers members;

    public RecordTarget(ClusterMembers members) {
        this.members = members;
    }

    @Override
    public String name() {
        return "record";
    }

    @Override
    public Size size() {
        return new Size(Staying.of(members.view()).size(), "");
    }

    @Override
    public void scale(Order order) {}

    @Override
    public boolean remembers() {
        return false;
    }
}
