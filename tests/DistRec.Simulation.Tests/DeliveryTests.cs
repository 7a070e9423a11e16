using DistRec.Training.Protocol;
using static DistRec.Simulation.Tests.Scripted;

namespace DistRec.Simulation.Tests;

public sealed class DeliveryTests
{
    [Fact]
    public void Messages_of_one_sender_to_one_receiver_keep_their_order_and_those_of_others_overtake()
    {
        bool overtook = false;
        for (ulong seed = 0; seed < 50; seed++)
        {
            SimulatedCluster cluster = new(seed);
            ScriptedShell receiver = Start(cluster, 0, "receiver");
            ScriptedShell[] senders = [.. Enumerable.Range(0, 3).Select(node => Start(cluster, node, $"sender {node}"))];
            for (int number = 0; number < 20; number++)
            {
                Array.ForEach(senders, sender => sender.Tell(receiver, Numbered(number)));
                cluster.RunFor(TimeSpan.FromMilliseconds(0.5));
            }

            cluster.RunFor(TimeSpan.FromSeconds(1));

            foreach (ScriptedShell sender in senders)
            {
                receiver.Heard.Where(heard => heard.From == sender.Name).Select(heard => (int)heard.Number).ShouldBe(Enumerable.Range(0, 20));
            }

            overtook |= receiver.Heard.Zip(receiver.Heard.Skip(1)).Any(pair => pair.Second.Number < pair.First.Number);
        }

        overtook.ShouldBeTrue();
    }

    [Fact]
    public void What_passes_between_nodes_is_never_shared_by_reference()
    {
        SimulatedCluster cluster = new(1, Plain with { Nodes = 2 });
        List<object> heard = [];
        ScriptedShell receiver = Start(cluster, 0, "receiver", (_, message, _) => heard.Add(message));
        RoundReport report = new() { Job = "job", Endpoint = "here" };

        Start(cluster, 0, "near").Tell(receiver, report);
        cluster.RunFor(TimeSpan.FromSeconds(1));
        Start(cluster, 1, "far").Tell(receiver, report);
        cluster.RunFor(TimeSpan.FromSeconds(1));

        heard.ShouldBe([report, report]);
        heard[0].ShouldBeSameAs(report);
        heard[1].ShouldNotBeSameAs(report);
    }

    [Fact]
    public void A_partition_hears_what_its_envelope_holds_from_near_and_from_far()
    {
        SimulatedCluster cluster = new(1, Plain with { Nodes = 1 });
        List<object> heard = [];
        HostPartitions(cluster, (_, message, _) => heard.Add(message));
        Ping(cluster, Start(cluster, 0, "client"));
        SimulatedCluster far = new(1, WithWorkers(1));
        HostPartitions(far, (_, message, _) => heard.Add(message));
        Ping(far, Start(far, 0, "client"));

        heard.ShouldBe([new Ping { Job = "job" }, new Ping { Job = "job" }]);
    }

    [Fact]
    public void Duplicates_come_once_more_and_losses_not_at_all_where_a_schedule_asks_for_them()
    {
        CountOf(new SimulationOptions { Nodes = 2 }).ShouldBe(500);
        CountOf(new SimulationOptions { Nodes = 2, DuplicateShare = 0.1 }).ShouldBeInRange(501, 600);
        CountOf(new SimulationOptions { Nodes = 2, LossShare = 0.1 }).ShouldBeInRange(400, 499);

        static int CountOf(SimulationOptions options)
        {
            SimulatedCluster cluster = new(3, options);
            ScriptedShell receiver = Start(cluster, 0, "receiver");
            ScriptedShell sender = Start(cluster, 1, "sender");
            for (int number = 0; number < 500; number++)
            {
                sender.Tell(receiver, Numbered(number));
            }

            cluster.RunFor(TimeSpan.FromSeconds(10));
            return receiver.Heard.Count;
        }
    }
}
