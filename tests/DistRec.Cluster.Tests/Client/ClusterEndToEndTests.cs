using DistRec.Models.Settings;
using DistRec.Cluster.Client;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.ItemWeights;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Models.Nmf;
using DistRec.Models.Popularity;
using DistRec.Models.Persistence;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Cluster.Tests.Client;

public sealed class ClusterEndToEndTests : IAsyncLifetime
{
    private static readonly ClusterSecret Secret = ClusterSecret.FromText("a secret of the tests");

    private SmallCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SmallCluster.StartAsync(Secret);

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task Ratings_of_an_upload_that_was_given_up_can_be_removed()
    {
        await _cluster.Client.PutRatingsAsync("given-up", "user-factors", 0, new RatingBlock(TestRatings.Small.Train, null)).Soon("the upload");
        Directory.EnumerateFiles(_cluster.Folder, "user-factors-0*", SearchOption.AllDirectories).ShouldNotBeEmpty();
        await _cluster.Client.RemoveAsync("given-up").Soon("the removal");
        Directory.EnumerateFiles(_cluster.Folder, "user-factors-0*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Jobs_share_an_upload_which_stays_when_one_of_them_has_ended()
    {
        ClusterTraining upload = new(_cluster.Client, new ClusterTrainingOptions { Job = "shared" });
        await upload.UploadAsync(TestRatings.Small, SettingsOf(4)).Soon("the upload");
        foreach (int rank in new[] { 4, 5 })
        {
            TrainingOutcome there = await new ClusterTraining(_cluster.Client, new ClusterTrainingOptions { Job = $"rank-{rank}", RatingsOf = "shared" })
                .RunAsync(TestRatings.Small, SettingsOf(rank)).Soon("the job");

            TrainingOutcome here = await TrainingSession.RunAsync(TestRatings.Small, SettingsOf(rank), new SessionOptions());
            there.Model.ShouldNotBeNull().UserBiases.ShouldBe(here.Model!.UserBiases);
        }

        await upload.RemoveAsync().Soon("the removal");
        Directory.EnumerateFiles(_cluster.Folder, "user-factors-0*", SearchOption.AllDirectories).ShouldAllBe(file => file.Contains("/model/"));

        ClusterTraining late = new(_cluster.Client, new ClusterTrainingOptions { Job = "late", RatingsOf = "shared" });
        (await Should.ThrowAsync<ClusterRefusedException>(() => late.SubmitAsync(TestRatings.Small, SettingsOf(4)))).Message.ShouldContain("ratings are missing");
        ClusterTraining ofAJob = new(_cluster.Client, new ClusterTrainingOptions { Job = "late", RatingsOf = "rank-4" });
        (await Should.ThrowAsync<ClusterRefusedException>(() => ofAJob.SubmitAsync(TestRatings.Small, SettingsOf(4)))).Message.ShouldContain(
            "the ratings are a job's own");

        static TrainingSettings SettingsOf(int rank) => new() { Model = new AlsOptions { Rank = rank }, Epochs = 2, Partitions = 2, Threads = 1 };
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("als")]
    [InlineData("als-implicit")]
    [InlineData("nmf")]
    [InlineData("bpmf")]
    [InlineData("svd++")]
    [InlineData("asvd")]
    [InlineData("nsvd")]
    [InlineData("neighborhood")]
    [InlineData("integrated")]
    [InlineData("knn")]
    [InlineData("knn-interpolated")]
    [InlineData("ease")]
    [InlineData("item-knn")]
    [InlineData("top-popular")]
    [InlineData("neumf-mf")]
    [InlineData("mlp")]
    [InlineData("mf")]
    [InlineData("fm")]
    [InlineData("fm by sampling")]
    [InlineData("fm to rank")]
    [InlineData("poly-svm")]
    public async Task A_model_trained_on_a_cluster_has_the_bits_of_one_trained_here(string model)
    {
        TrainingSettings settings = model switch
        {
            "als" => new TrainingSettings { Model = new AlsOptions { Rank = 6 } },
            "als-implicit" => new TrainingSettings { Model = new ImplicitAlsOptions { Rank = 6, Method = ImplicitMethod.ConjugateGradient } },
            "nmf" => new TrainingSettings { Model = new NmfOptions { Rank = 6 } },
            "bpmf" => new TrainingSettings { Model = new BpmfOptions { Rank = 6, BurnIn = 1 } },
            _ when FeedbackFactors.ShapeOf(model, 6) is { } shape => new TrainingSettings { Model = FeedbackOptions.For(shape.Form) with { Rank = 6, Neighbors = 20 } },
            "neumf-mf" or "mlp" => new TrainingSettings { Model = (NeuralOptions)ModelCatalogue.Get(model).Defaults with { Rank = 6, Layers = "8-4", BatchSize = 200 } },
            "knn" or "knn-interpolated" => new TrainingSettings { Model = new KnnOptions { ListLength = 40, Form = model == "knn" ? NeighborForm.Mean : NeighborForm.Interpolation } },
            "ease" => new TrainingSettings { Model = new EaseOptions { Regularization = 10 } },
            "item-knn" => new TrainingSettings { Model = new ItemKnnOptions { Neighbors = 20 } },
            "top-popular" => new TrainingSettings { Model = new TopPopularOptions() },
            "mf" => new TrainingSettings { Model = new MfOptions { Rank = 6 } },
            "fm" => new TrainingSettings { Model = FmOptions.For(FmTask.Classification, FmLearner.Sgd), Clocks = 4 },
            "fm by sampling" => new TrainingSettings { Model = new FmOptions { Learner = FmLearner.Mcmc, Rank = 4, BurnIn = 1, KeptSamples = 2 } },
            "fm to rank" => new TrainingSettings { Model = FmOptions.For(FmTask.Ranking, FmLearner.AdaGrad) with { Rank = 4 }, Clocks = 4 },
            "poly-svm" => new TrainingSettings { Model = FmOptions.ForPolynomial(FmTask.Regression), Clocks = 4 },
            _ => new TrainingSettings { Model = new BaselineOptions() },
        } with
        { Epochs = model is "knn" or "knn-interpolated" or "ease" or "item-knn" or "top-popular" ? 1 : 4, Patience = 0, Partitions = 3 };
        string job = JobIds.Create(TimeProvider.System);

        TrainingData data = model switch
        {
            "als-implicit" or "ease" or "item-knn" or "top-popular" => TestRatings.Small with { Validation = null },
            "fm" => TestRatings.WithFeatures(TestRatings.Small, positiveFrom: 3.5f),
            "fm by sampling" => TestRatings.WithFeatures(TestRatings.Small),
            "fm to rank" => TestRatings.WithFeatures(TestRatings.Small with { Validation = null }),
            "poly-svm" => TestRatings.Rows,
            _ => TestRatings.Small,
        };
        TrainingOutcome here = await TrainingSession.RunAsync(data, settings, new SessionOptions()).Soon("training here");
        TrainingOutcome there = await new ClusterTraining(_cluster.Client, new ClusterTrainingOptions { Job = job, Name = "same bits" })
            .RunAsync(data, settings).Soon("training on the cluster");

        there.State.ShouldBe(JobState.Completed, there.Reason);
        ModelHash.Compute(there.Model!).ShouldBe(ModelHash.Compute(here.Model!));
        there.BestEpoch.ShouldBe(here.BestEpoch);
        there.Epochs.Select(epoch => (epoch.Epoch, epoch.TrainRmse, epoch.ValidationRmse)).ShouldBe(here.Epochs.Select(epoch => (epoch.Epoch, epoch.TrainRmse, epoch.ValidationRmse)));
        JobSummary summary = (await _cluster.Client.JobsAsync().Soon()).ShouldHaveSingleItem();
        summary.Id.ShouldBe(job);
        summary.Name.ShouldBe("same bits");
        summary.State.ShouldBe("completed");
        summary.Epoch.ShouldBe(settings.Epochs);
        await _cluster.Client.RemoveAsync(job).Soon();
        await Should.ThrowAsync<ClusterRefusedException>(_cluster.Client.ModelBlockAsync(job, "item-factors", 0).Soon());
    }

    [Fact]
    public async Task A_cluster_shows_what_each_of_its_nodes_has_carried()
    {
        (await _cluster.Client.StatusAsync().Soon()).Nodes.ShouldAllBe(node => node.ReceivedBytes == 0 && node.SentBytes == 0);
        long ratings = JobData.Ratings(
            JobSpecs.Create("sizes", TestRatings.Small, Settings(), null), TestRatings.Small).Sum(block => block.Make().ByteLength);

        await new ClusterTraining(_cluster.Client, new ClusterTrainingOptions { Job = "carried" }).RunAsync(TestRatings.Small, Settings()).Soon("training on the cluster");
        ClusterStatus status = await _cluster.Client.StatusAsync().Soon();
        using CancellationTokenSource bound = new(TimeSpan.FromMinutes(1));
        while (status.Nodes[1].ReceivedBytes != status.Nodes[0].SentBytes || status.Nodes[1].SentBytes != status.Nodes[0].ReceivedBytes)
        {
            // A node may have been asked a moment before the other.
            status = await _cluster.Client.StatusAsync(bound.Token);
        }

        // To the worker went the ratings, and from it the model; in between nothing had to move.
        status.Nodes[1].ReceivedBytes.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(ratings);
        status.Nodes[1].SentBytes.ShouldNotBeNull().ShouldBeGreaterThan(0);

        static TrainingSettings Settings() => new() { Model = new BaselineOptions(), Epochs = 2, Patience = 0, Partitions = 3 };
    }

    [Fact]
    public async Task A_cluster_shows_its_nodes_and_refuses_whoever_lacks_the_secret()
    {
        using ClusterClient stranger = new(_cluster.Coordinator.Address, ClusterSecret.FromText("some other secret"));

        ClusterStatus status = await _cluster.Client.StatusAsync().Soon();

        status.Nodes.Select(node => node.Role).ShouldBe(["coordinator", "worker"]);
        ClusterPartitions.ThreadsOf(status).ShouldBe(2);
        status.Jobs.ShouldBeEmpty();
        await Should.ThrowAsync<ClusterRefusedException>(stranger.StatusAsync().Soon());
    }
}
