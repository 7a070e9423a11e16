using DistRec.Cluster.Client;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

/// <summary>Networks that break between processes that live on.</summary>
[Collection(OwnClusterTests.Name)]
public sealed class NetworkTests
{
    private const string Ended = "the node starts again";

    public enum Cut
    {
        /// <summary>Nothing reaches it and nothing comes from it.</summary>
        Off,

        /// <summary>It hears nobody; all it sends arrives.</summary>
        Deaf,

        /// <summary>Nobody hears it; it hears everybody.</summary>
        Mute,
    }

    [SkippableFact]
    public async Task The_majority_completes_a_job_and_those_cut_off_end_their_part_and_rejoin_when_the_network_heals()
    {
        TrainingSettings settings = Jobs.LongOf("als");
        using TestNetwork network = new();
        await using TestCluster cluster = await StartAsync(network, workers: 5);
        NodeProcess[] minority = [cluster.Workers[3], cluster.Workers[4]];
        bool isCut = false;
        string job = TestCluster.NewJob();
        TrainingOutcome outcome = await cluster.TrainAsync(
            Jobs.Data,
            settings,
            jobEvent =>
            {
                if (jobEvent.Epoch?.Epoch == 1 && !isCut)
                {
                    isCut = true;
                    network.Cut(network.Hosts[4], network.Hosts[5]);
                }
            },
            job);
        isCut.ShouldBeTrue();
        await outcome.ShouldBeAsInOneProcessAsync(settings);
        await Task.WhenAll(minority.Select(worker => worker.HeardAsync(Ended)));

        int[] heard = [.. minority.Select(worker => worker.Lines)];
        network.Heal();
        await Task.WhenAll(minority.Zip(heard, (worker, lines) => worker.ReadyAsync(lines)));

        // What was made without them stays as it was, and they can do what the others did.
        using ClusterClient client = cluster.Client();
        (await client.EventsAsync(job, 0)).Events.Count(jobEvent => jobEvent.State?.State == JobState.Completed).ShouldBe(1);
        await Task.WhenAll(cluster.KillWorkerAsync(0), cluster.KillWorkerAsync(0), cluster.KillWorkerAsync(0));
        TrainingOutcome next = await cluster.TrainAsync(Jobs.Data, Jobs.Mf);
        await next.ShouldBeAsInOneProcessAsync(Jobs.Mf);
    }

    [SkippableTheory]
    [InlineData("als", Cut.Off)]
    [InlineData("als", Cut.Deaf)]
    [InlineData("mf", Cut.Mute)]
    public async Task A_worker_cut_off_for_too_long_is_replaced_and_comes_back_while_the_job_runs(string model, Cut cut)
    {
        TrainingSettings settings = Jobs.LongOf(model);
        using TestNetwork network = new();
        await using TestCluster cluster = await StartAsync(network, workers: 2);
        NodeProcess worker = cluster.Workers[1];
        TestHost host = network.Hosts[2];
        TrainingOutcome outcome = await TrainAsync(cluster, settings, CutAndHealAsync);
        await outcome.ShouldBeAsInOneProcessAsync(settings);
        outcome.Notes.ShouldNotBeEmpty();

        async Task CutAndHealAsync()
        {
            int heard = worker.Lines;
            switch (cut)
            {
                case Cut.Deaf:
                    TestNetwork.Deafen(host);
                    break;
                case Cut.Mute:
                    TestNetwork.Mute(host);
                    break;
                default:
                    network.Cut(host);
                    break;
            }

            await Task.WhenAll(worker.HeardAsync(Ended, heard), cluster.Coordinator.HeardAsync("it was lost"));
            network.Heal();
            TestNetwork.Cure(host);
            await worker.ReadyAsync(heard);
        }
    }

    [SkippableTheory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task A_coordinator_cut_off_from_everybody_loses_its_workers_and_goes_on_with_its_job_when_they_come_back(string model)
    {
        TrainingSettings settings = Jobs.LongOf(model);
        using TestNetwork network = new();
        await using TestCluster cluster = await StartAsync(network, workers: 2);
        TrainingOutcome outcome = await TrainAsync(cluster, settings, CutAndHealAsync);
        await outcome.ShouldBeAsInOneProcessAsync(settings);

        async Task CutAndHealAsync()
        {
            int[] heard = [.. cluster.Workers.Select(worker => worker.Lines)];
            network.Cut(network.Hosts[0]);
            await Task.WhenAll(cluster.Workers.Select(worker => worker.HeardAsync(Ended)));
            network.Heal();
            await Task.WhenAll(cluster.Workers.Zip(heard, (worker, lines) => worker.ReadyAsync(lines)));
        }
    }

    [SkippableFact]
    public async Task Workers_that_reach_the_coordinator_and_not_each_other_go_on_when_they_do_again()
    {
        TrainingSettings settings = Jobs.LongOf("mf");
        using TestNetwork network = new();
        await using TestCluster cluster = await StartAsync(network, workers: 2);
        (TestHost first, TestHost second) = (network.Hosts[1], network.Hosts[2]);
        TrainingOutcome outcome = await TrainAsync(cluster, settings, RefuseAndCureAsync);
        await outcome.ShouldBeAsInOneProcessAsync(settings);

        async Task RefuseAndCureAsync()
        {
            TestNetwork.Refuse(first, second);
            TestNetwork.Refuse(second, first);
            await Task.WhenAny(cluster.Workers.Select(worker => worker.HeardAsync("is gone: its connection broke")));
            TestNetwork.Cure(first);
            TestNetwork.Cure(second);
        }
    }

    [SkippableFact]
    public async Task Workers_that_cannot_pull_blocks_from_each_other_fail_the_job_which_names_both()
    {
        TrainingSettings settings = Jobs.LongOf("als");
        using TestNetwork network = new();
        await using TestCluster cluster = await StartAsync(network, workers: 2);
        (TestHost first, TestHost second) = (network.Hosts[1], network.Hosts[2]);
        TrainingOutcome outcome = await TrainAsync(cluster, settings, () =>
        {
            TestNetwork.RefuseBlocks(first, second);
            TestNetwork.RefuseBlocks(second, first);
            return Task.CompletedTask;
        });
        outcome.State.ShouldBe(JobState.Failed, outcome.Reason);
        (Uri one, Uri other) = (cluster.Workers[0].Address, cluster.Workers[1].Address);
        outcome.Reason.ShouldMatch($"expected ({one} to get it from {other}|{other} to get it from {one}), found that impossible for 60 s");
        outcome.Notes.ShouldBeEmpty();
    }

    /// <summary>Trains, and disturbs the network when the first epoch is done.</summary>
    private static async Task<TrainingOutcome> TrainAsync(TestCluster cluster, TrainingSettings settings, Func<Task> disturbAsync)
    {
        Task? disturbed = null;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
        {
            if (jobEvent.Epoch?.Epoch == 1)
            {
                disturbed ??= disturbAsync();
            }
        });
        await disturbed.ShouldNotBeNull();
        return outcome;
    }

    private static Task<TestCluster> StartAsync(TestNetwork network, int workers) =>
        TestCluster.StartAsync(workers, new ClusterSettings { Places = network });
}
