package io.bulwark.node.scaling.processes;

import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.ClusterView.Member;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.scaling.ScaleTarget;
import io.bulwark.node.scaling.Staying;
import io.bulwark.node.scaling.TargetTrouble;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts node processes on this machine, so that scaling can be seen on a laptop. A started node is a member like any
 * other, works on the same database, and outlives the node that started it; it is not started again when it dies: the
 * next evaluation finds that one is missing. There are fewer by letting members leave as on SIGTERM, started ones only,
 * those with the fewest guards first.
 */
public final class ProcessesTarget implements ScaleTarget {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessesTarget.class);

    private final ClusterMembers members;
    private final ProcessesSettings settings;
    private final Starter starter;
    /** Those that this node started last, by their slots. Soft: another coordinator has them as members only. */
    private final Map<Integer, Process> started = new HashMap<>();

    /** The slots of those among them that were told to end. */
    private final Set<Integer> ending = new HashSet<>();

    /**
     * @param join the Management of this node, where its database is its own: who joins it there finds that too. Empty:
     *     the others find the members in the database that they share, also when this node is gone by then
     */
    public ProcessesTarget(ClusterMembers members, ProcessesSettings settings, Optional<String> join) {
        this(members, settings, new NodeProgram(settings, join));
    }

    /** @param starter what starts a node in a slot */
    ProcessesTarget(ClusterMembers members, ProcessesSettings settings, Starter starter) {
        this.members = members;
        this.settings = settings;
        this.starter = starter;
    }

    /** Starts a node that listens on the ports of a slot. */
    interface Starter {
        /** @throws TargetTrouble when it cannot be started */
        Process start(int slot) throws TargetTrouble;
    }

    @Override
    public String name() {
        return "processes";
    }

    @Override
    public boolean remembers() {
        return false;
    }

    @Override
    public Duration patience() {
        return settings.patience();
    }

    @Override
    public Size size() {
        return new Size(Staying.of(members.view()).size(), "");
    }

    @Override
    public void scale(Order order) throws TargetTrouble, InterruptedException {
        if (!order.stillLeads().getAsBoolean()) {
            throw new TargetTrouble(Kind.SUPERSEDED, "Another node is the coordinator by now: nothing was done");
        }
        // Whoever ordered it may not know that some are on their way, in or out, longer than it was patient.
        int onTheirWay = onTheirWay();
        int seen = order.seen().nodes();
        if (order.to() > seen) {
            start(order.to() - Math.max(seen, onTheirWay));
        } else {
            letGo(Math.min(seen, onTheirWay) - order.to());
        }
    }

    /** How many there will be when all that were started here are members, and all that were told to end have gone. */
    private int onTheirWay() {
        long members = Staying.of(this.members.view()).stream()
                .filter(member -> !isEnding(slot(member)))
                .count();
        return (int) members + early().size();
    }

    /** The slots of those that were started here and are not members yet. */
    private List<Integer> early() {
        return started.keySet().stream()
                .filter(slot -> runs(slot) && !isEnding(slot) && !isMember(slot))
                .toList();
    }

    private void start(int count) throws TargetTrouble {
        List<Integer> free = IntStream.range(0, settings.nodesMax())
                .filter(this::isFree)
                .limit(Math.max(0, count))
                .boxed()
                .toList();
        for (int slot : free) {
            started.put(slot, starter.start(slot));
            ending.remove(slot);
        }
        if (free.size() < count) {
            throw new TargetTrouble(
                    Kind.FAILED,
                    count + " nodes are to be started and " + free.size() + " of " + settings.nodesMax()
                            + " slots are free: raise bulwark.scaling.processes.nodes-max, lower the policy's maximum,"
                            + " or see what else listens on their ports");
        }
    }

    private boolean isEnding(int slot) {
        return ending.contains(slot) && runs(slot);
    }

    private boolean runs(int slot) {
        Process process = started.get(slot);
        return process != null && process.isAlive();
    }

    /** Nothing that was started there runs, no member lives there, and nothing else listens on its ports. */
    private boolean isFree(int slot) {
        return !isMember(slot)
                && !runs(slot)
                && canListen(settings.httpFrom() + slot)
                && canListen(settings.managementFrom() + slot)
                && canListen(settings.remoteFrom() + slot);
    }

    private static boolean canListen(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Those go first that are not members yet: they have nothing to hand over. */
    private void letGo(int count) throws TargetTrouble {
        List<Integer> early = early().stream().limit(Math.max(0, count)).toList();
        for (int slot : early) {
            LOG.info("scaling: the node in slot {} goes, because it is not a member yet", slot);
            end(slot);
        }
        letMembersGo(count - early.size());
    }

    private void letMembersGo(int count) throws TargetTrouble {
        Set<MemberAddress> told = new HashSet<>();
        for (int i = 0; i < count; i++) {
            Optional<Member> leaver = Staying.leaver(
                    members.view(),
                    member -> isStarted(member) && !isEnding(slot(member)) && !told.contains(member.address()));
            if (leaver.isEmpty()) {
                throw new TargetTrouble(
                        Kind.FAILED,
                        count + " nodes are to leave, and only " + i + " of those that stay were started by scaling ("
                                + shown() + "): let the others leave yourself");
            }
            told.add(leaver.get().address());
            LOG.info("scaling: {}", Staying.why(leaver.get()));
            letGo(leaver.get());
        }
    }

    /** By SIGTERM, which a node hears at any time; one that another node started, by the message that means the same. */
    private void letGo(Member member) {
        int slot = slot(member);
        if (runs(slot)) {
            end(slot);
        } else {
            members.leave(member.address());
        }
    }

    private void end(int slot) {
        Process process = started.get(slot);
        if (process != null) {
            ending.add(slot);
            process.destroy();
        }
    }

    private boolean isMember(int slot) {
        return members.view().members().stream()
                .anyMatch(member -> member.address().port() == settings.remoteFrom() + slot);
    }

    private String shown() {
        return Staying.of(members.view()).stream()
                .map(member -> member.address().toString())
                .collect(Collectors.joining(", "));
    }

    private int slot(Member member) {
        return member.address().port() - settings.remoteFrom();
    }

    private boolean isStarted(Member member) {
        return slot(member) >= 0 && slot(member) < settings.nodesMax();
    }
}
