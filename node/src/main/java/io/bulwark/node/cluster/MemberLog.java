package io.bulwark.node.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent.ClusterDomainEvent;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.ReachabilityEvent;
import akka.cluster.ClusterEvent.ReachableMember;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import io.bulwark.cluster.MemberAddress;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line for each change of who is in the cluster and who is heard from. */
final class MemberLog {
    private static final Logger LOG = LoggerFactory.getLogger(MemberLog.class);

    private MemberLog() {}

    /** Begins with the members that there are. */
    static void start(ActorSystem<?> system) {
        system.systemActorOf(log(), "member-log", Props.empty());
    }

    private static Behavior<ClusterDomainEvent> log() {
        return Behaviors.setup(context -> {
            var manager = Cluster.get(context.getSystem()).subscriptions();
            manager.tell(Subscribe.create(context.getSelf().narrow(), MemberEvent.class));
            manager.tell(Subscribe.create(context.getSelf().narrow(), ReachabilityEvent.class));
            return Behaviors.receiveMessage(event -> {
                say(event);
                return Behaviors.same();
            });
        });
    }

    private static void say(ClusterDomainEvent event) {
        if (event instanceof MemberEvent change) {
            MemberAddress who = Addresses.of(change.member());
            LOG.info("{} is {}", who, change.member().status().toString().toLowerCase(Locale.ROOT));
        } else if (event instanceof ReachabilityEvent change) {
            MemberAddress who = Addresses.of(change.member());
            LOG.warn("{} is {}", who, change instanceof ReachableMember ? "heard from again" : "not heard from");
        }
    }
}
