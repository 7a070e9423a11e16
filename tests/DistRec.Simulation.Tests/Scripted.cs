using DistRec.Models;
using DistRec.Simulation.Hosting;
using DistRec.Training.Coordination;
using DistRec.Training.Protocol;

namespace DistRec.Simulation.Tests;

/// <summary>A shell that does what a test says, and notes what it hears.</summary>
internal sealed class ScriptedShell(NodeLife life, string name, Action<ScriptedShell, object, Shell?>? handle = null) : Shell(life, name)
{
    /// <summary>The numbers it has heard, with their senders and times.</summary>
    internal List<(long Number, string? From, TimeSpan At)> Heard { get; } = [];

    internal Action<ScriptedShell>? Starting { get; init; }

    internal void Later(TimeSpan due, object message) => Remind(message.ToString()!, message, due);

    internal void Call(Func<Task<object>> call) => Pipe(call, result => result, failure => failure);

    protected override void OnStart() => Starting?.Invoke(this);

    protected override void Handle(object message, Shell? sender)
    {
        if (message is RoundProgress { Round: long number })
        {
            Heard.Add((number, sender?.Name, Cluster.Now));
        }

        handle?.Invoke(this, message, sender);
    }
}

/// <summary>What several tests use.</summary>
internal static class Scripted
{
    internal static readonly PartitionId Partition = new(Side.User, 0);
    internal static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    /// <summary>Nothing takes long, fails or is late.</summary>
    internal static readonly SimulationOptions Plain = new() { LateMessageShare = 0, SlowPullShare = 0 };

    /// <summary>A coordinator on node 0, and workers.</summary>
    internal static SimulationOptions WithWorkers(int workers) => Plain with
    {
        Nodes = 1 + workers,
        Roles = [[SimulationOptions.Coordinator], .. Enumerable.Repeat<string[]>([SimulationOptions.Worker], workers)],
    };

    internal static RoundProgress Numbered(long number) => new() { Round = number };

    internal static ScriptedShell Start(
        SimulatedCluster cluster, int node, string name, Action<ScriptedShell, object, Shell?>? handle = null)
    {
        ScriptedShell shell = new(cluster.Nodes[node].Life, name, handle);
        shell.Start();
        return shell;
    }

    /// <summary>Lets partitions be scripted.</summary>
    /// <returns>All that were ever made, in order.</returns>
    internal static List<ScriptedShell> HostPartitions(SimulatedCluster cluster, Action<ScriptedShell, object, Shell?>? handle = null)
    {
        List<ScriptedShell> made = [];
        cluster.Placement.MakePartition = (life, job, partition) =>
        {
            made.Add(new ScriptedShell(life, $"{partition} of {job}", handle));
            return made[^1];
        };
        return made;
    }

    /// <summary>Sends to the partition, and lets some time pass.</summary>
    internal static void Ping(SimulatedCluster cluster, Shell from, double milliseconds = 100, string text = "job")
    {
        cluster.Placement.Tell(from, "job", Partition, new Ping { Job = text });
        cluster.RunFor(TimeSpan.FromMilliseconds(milliseconds));
    }
}
