using static DistRec.Simulation.Tests.Scripted;

namespace DistRec.Simulation.Tests;

public sealed class FailureTests
{
    [Fact]
    public void A_schedule_with_nothing_left_to_happen_is_a_hang_that_names_who_waits_for_what()
    {
        SimulatedCluster cluster = new(77, Plain);
        BlockTests.PullAsync(cluster, 1, cluster.Nodes[1].Blocks.Endpoint);

        SimulationHangException hang = Should.Throw<SimulationHangException>(
            () => cluster.Run(() => new TaskCompletionSource().Task, Bound));

        hang.Seed.ShouldBe(77ul);
        hang.Message.ShouldContain("HANG: nothing is left that could happen");
        hang.Message.ShouldContain("node 1 waits for the block job/1/b/0-0");
        hang.Message.ShouldContain("Seed 77");
    }

    [Fact]
    public void A_schedule_that_goes_on_for_ever_is_a_hang_at_its_bound()
    {
        SimulatedCluster cluster = new(1, Plain);
        ScriptedShell shell = Start(cluster, 0, "shell", (shell, message, _) => shell.Later(TimeSpan.FromSeconds(1), message));
        shell.TellSelf(Numbered(1));

        SimulationHangException hang = Should.Throw<SimulationHangException>(
            () => cluster.Run(() => new TaskCompletionSource().Task, TimeSpan.FromSeconds(100)));

        hang.Message.ShouldContain("was not reached within 00:01:40");
        hang.Time.ShouldBeInRange(TimeSpan.FromSeconds(98), TimeSpan.FromSeconds(100));
    }

    [Fact]
    public void A_schedule_in_which_time_stands_still_is_a_hang()
    {
        SimulatedCluster cluster = new(1, Plain with { SpinLimit = 1000 });
        ScriptedShell shell = Start(cluster, 0, "shell", (shell, message, _) => shell.Later(TimeSpan.Zero, message));
        shell.TellSelf(Numbered(1));

        Should.Throw<SimulationHangException>(() => cluster.RunFor(Bound)).Message.ShouldContain("without an advance of virtual time");
    }

    [Fact]
    public void A_call_that_leaves_the_thread_fails_by_name()
    {
        using ManualResetEventSlim hopped = new();
        SimulatedCluster cluster = new(1, Plain);
        Start(cluster, 0, "shell").Call(async () =>
        {
            await Task.Run(() => { }).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                await cluster.Nodes[0].Life.PassAsync(TimeRange.Milliseconds(1, 1)).ConfigureAwait(false);
                return new object();
            }
            finally
            {
                hopped.Set();
            }
        });
        cluster.Run(
            () =>
            {
                cluster.At(TimeSpan.FromSeconds(1), () => hopped.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue());
                return Task.CompletedTask;
            },
            Bound);

        Should.Throw<SimulationHopException>(() => cluster.RunFor(Bound)).Message
            .ShouldContain("node 0 computed or called a service, on thread");
    }

    [Fact]
    public void What_a_shell_throws_ends_the_schedule_with_its_seed_and_the_last_events()
    {
        SimulatedCluster cluster = new(31, Plain);
        Start(cluster, 0, "shell", (_, _, _) => throw new InvalidOperationException("broken")).TellSelf(Numbered(1));

        SimulationException failure = Should.Throw<SimulationException>(() => cluster.RunFor(Bound));

        failure.Seed.ShouldBe(31ul);
        failure.InnerException.ShouldBeOfType<InvalidOperationException>();
        failure.Message.ShouldContain("InvalidOperationException: broken");
        failure.Message.ShouldContain("handle           node 0  shell  RoundProgress");
    }
}
