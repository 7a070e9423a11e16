using System.Net;
using DistRec.Cluster.Client;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Persistence;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Cluster.Tests.Client;

/// <summary>What a cluster makes of factorization machines whose parts do not fit.</summary>
public sealed class FmSubmissionTests : IAsyncLifetime
{
    private static readonly TrainingData Data = TestRatings.WithFeatures(TestRatings.Small);

    private SmallCluster _cluster = null!;

    private ClusterClient Client => _cluster.Client;

    public async Task InitializeAsync() => _cluster = await SmallCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task A_specification_whose_parts_do_not_fit_is_refused_by_name_and_not_queued()
    {
        JobSpec whole = await UploadAsync("whole", Settings(FmLearner.Mcmc), Settings(FmLearner.Mcmc));
        JobSpec misfit = whole.Clone();
        misfit.Features.RowStarts.RemoveAt(1);

        ClusterRefusedException refused = await Should.ThrowAsync<ClusterRefusedException>(Client.SubmitAsync(misfit, "misfit").Soon());

        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
        refused.Message.ShouldContain("the specification does not fit");
        refused.Message.ShouldContain("row_starts: expected the starts of 3 parts and the end of the last, found 3 numbers");
        (await Client.JobsAsync().Soon()).ShouldBeEmpty();
        await Client.SubmitAsync(whole, "fits").Soon();
        (await FollowAsync("whole")).State.ShouldBe(JobState.Completed);
    }

    [Theory]
    [InlineData(FmLearner.Sgd)]
    [InlineData(FmLearner.Mcmc)]
    public async Task Rows_of_another_layout_fail_the_job_by_name_and_the_next_job_trains(FmLearner learner)
    {
        JobSpec spec = await UploadAsync("mixed-up", Settings(learner), Settings(learner) with { Partitions = 5 });
        await Client.SubmitAsync(spec, "mixed up").Soon();

        TrainingOutcome outcome = await FollowAsync("mixed-up");

        outcome.State.ShouldBe(JobState.Failed);
        outcome.Reason.ShouldContain("a worker's rows: expected ");
        outcome.Reason.ShouldContain("upload the data of this very job");
        TrainingOutcome next = await new ClusterTraining(Client, new ClusterTrainingOptions { Job = "next" }).RunAsync(Data, Settings(learner)).Soon("the next job");
        ModelHash.Compute(next.Model!).ShouldBe(ModelHash.Compute((await TrainingSession.RunAsync(Data, Settings(learner), new SessionOptions())).Model!));
    }

    [Fact]
    public async Task Rows_that_name_features_beyond_the_space_fail_the_job_by_name()
    {
        TrainingSettings settings = Settings(FmLearner.Sgd);
        JobSpec spec = SpecOf("beyond", settings);
        foreach ((string kind, int shard, Func<IBlock> make) in JobData.Ratings(spec, Data))
        {
            // One feature fewer than the rows have.
            await Client.PutRatingsAsync("beyond", kind, shard, make()).Soon();
        }

        spec.Features.GroupStarts[^1]--;
        spec.BlockStarts[^1]--;
        spec.ItemStarts[^1]--;
        await Client.SubmitAsync(spec, "beyond").Soon();
        TrainingOutcome outcome = await FollowAsync("beyond");
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Reason.ShouldContain($"expected at most {spec.Features.GroupStarts[^1]} features, found {spec.Features.GroupStarts[^1] + 1}");
    }

    [Fact]
    public async Task Sums_over_blocks_that_are_not_the_others_fail_the_job_by_name()
    {
        JobSpec spec = SpecOf("odd", Settings(FmLearner.Mcmc));
        foreach ((string kind, int shard, Func<IBlock> make) in JobData.Ratings(spec, Data))
        {
            FeatureBlock block = (FeatureBlock)make();
            FeatureBlock cut = FeatureBlock.Of(Data.Features!, spec.Features.RowStarts[shard]..spec.Features.RowStarts[shard + 1], 0..0, keepsBlocks: false);
            await Client.PutRatingsAsync("odd", kind, shard, shard == 1 ? cut : block).Soon();
        }

        await Client.SubmitAsync(spec, "odd").Soon();
        TrainingOutcome outcome = await FollowAsync("odd");
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Reason.ShouldContain("sums of workers: expected ");
    }

    private static TrainingSettings Settings(FmLearner learner) => new()
    {
        Model = FmOptions.For(FmTask.Regression, learner) with { Rank = 4, BurnIn = 1, KeptSamples = 2 }, Epochs = 3, Patience = 0, Partitions = 3, Clocks = learner == FmLearner.Mcmc ? 16 : 4,
    };

    private static JobSpec SpecOf(string job, TrainingSettings settings)
    {
        JobSpec spec = JobSpecs.Create(job, Data, settings, null);
        spec.Snapshots = true;
        return spec;
    }

    // A job's specification, and the rows as another layout would cut them.
    private async Task<JobSpec> UploadAsync(string job, TrainingSettings settings, TrainingSettings uploaded)
    {
        foreach ((string kind, int shard, Func<IBlock> make) in JobData.Ratings(SpecOf(job, uploaded), Data))
        {
            await Client.PutRatingsAsync(job, kind, shard, make()).Soon();
        }

        return SpecOf(job, settings);
    }

    private Task<TrainingOutcome> FollowAsync(string job) => new ClusterTraining(Client, new ClusterTrainingOptions { Job = job }).WatchAsync().Soon($"the end of {job}");
}
