using DistRec.Actors;
using DistRec.Contracts;
using static DistRec.Simulation.Tests.Actors;

namespace DistRec.Simulation.Tests;

public sealed class FailureTests
{
    [Fact]
    public void A_schedule_with_nothing_left_to_happen_is_a_hang_that_names_who_waits_for_what()
    {
        SimulatedCluster cluster = new(77, Plain);
        TaskCompletionSource never = new();
        cluster.Register(Kind(First, async (_, _) => await never.Task.ConfigureAwait(false)));

        SimulationHangException hang = Should.Throw<SimulationHangException>(() => cluster.Run(async () =>
        {
            await cluster.Nodes[0].SendAsync(First, Numbered(1)).ConfigureAwait(false);
            await never.Task.ConfigureAwait(false);
        }, Bound));

        hang.Seed.ShouldBe(77ul);
        hang.Message.ShouldContain("HANG: nothing is left that could happen");
        hang.Message.ShouldContain("first/0 on node");
        hang.Message.ShouldContain("handles distrec.contracts.Note");
        hang.Message.ShouldContain("Seed 77");
    }

    [Fact]
    public void A_schedule_that_goes_on_for_ever_is_a_hang_at_its_bound()
    {
        SimulatedCluster cluster = new(1, Plain);
        cluster.Register(Kind(First, (actor, message) =>
        {
            actor.Context.StartTimer(TimeSpan.FromSeconds(1), message);
            return ValueTask.CompletedTask;
        }));

        SimulationHangException hang = Should.Throw<SimulationHangException>(() => cluster.Run(async () =>
        {
            await cluster.Nodes[0].SendAsync(First, Numbered(1)).ConfigureAwait(false);
            await cluster.Failed.ConfigureAwait(false);
        }, TimeSpan.FromSeconds(100)));

        hang.Message.ShouldContain("was not reached within 00:01:40");
        hang.Time.ShouldBeInRange(TimeSpan.FromSeconds(98), TimeSpan.FromSeconds(100));
    }

    [Fact]
    public void A_schedule_in_which_time_stands_still_is_a_hang()
    {
        SimulatedCluster cluster = new(1, Plain with { TurnDelay = TimeRange.Zero, SpinLimit = 1000 });
        cluster.Register(Kind(First, (actor, message) => actor.Context.SendAsync(First, message)));

        Should.Throw<SimulationHangException>(() => cluster.Run(async () =>
        {
            await cluster.Nodes[0].SendAsync(First, Numbered(1)).ConfigureAwait(false);
            await cluster.Failed.ConfigureAwait(false);
        }, Bound)).Message.ShouldContain("without an advance of virtual time");
    }

    [Fact]
    public void A_handler_that_leaves_the_thread_fails_by_name()
    {
        using ManualResetEventSlim hopped = new();
        SimulatedCluster cluster = new(1, Plain);
        cluster.Register(Answering(Second), Kind(First, async (actor, _) =>
        {
            await Task.Run(() => { }).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                await actor.Context.SendAsync(Second, Numbered(1)).ConfigureAwait(false);
            }
            finally
            {
                hopped.Set();
            }
        }));

        cluster.Run(() => cluster.Nodes[0].SendAsync(First, Numbered(1)).AsTask(), Bound);
        cluster.RunFor(TimeSpan.FromSeconds(1));
        hopped.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();

        Should.Throw<SimulationHopException>(() => cluster.Run(() => AskAsync(cluster.Nodes[0], Second), Bound))
            .Message.ShouldContain("first/0 sent to second/0");
    }

    [Fact]
    public void A_failed_goal_carries_the_seed_and_the_last_events()
    {
        SimulatedCluster cluster = new(31, Plain);
        cluster.Register(Kind(First, (_, _) => throw new InvalidOperationException("broken")));

        SimulationException failure = Should.Throw<SimulationException>(() => cluster.Run(() => AskAsync(cluster.Nodes[0], First), Bound));

        failure.Seed.ShouldBe(31ul);
        failure.InnerException.ShouldBeOfType<ActorFailedException>();
        failure.Message.ShouldContain("InvalidOperationException: broken");
        failure.Message.ShouldContain("handle");
    }

    [Fact]
    public void Options_that_cannot_be_used_are_all_named_at_once()
    {
        string message = Should.Throw<ArgumentException>(() => new SimulatedCluster(1, new SimulationOptions
        {
            Nodes = 0,
            LossShare = 2,
            MessageDelay = TimeRange.Milliseconds(2, 1),
            Faults = new FaultOptions { MaximumFaults = -1 },
        })).Message;

        message.ShouldContain("Nodes: expected at least 1, found 0");
        message.ShouldContain("LossShare: expected a share between 0 and 1, found 2");
        message.ShouldContain("MessageDelay: expected 0 ≤ shortest ≤ longest");
        message.ShouldContain("Faults.MaximumFaults: expected 0 or more, found -1");
    }
}
