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
using DistRec.Models.Persistence;
using DistRec.Simulation;

namespace DistRec.Training.Tests.Simulation;

/// <summary>
/// One training job on simulated clusters: laid out once, then run from a journal and a store on as many schedules as wanted, alone or
/// beside others; see <see cref="SimulatedSchedule"/>.
/// </summary>
internal sealed class TrainingSimulation
{
    private readonly JobSpec _spec;
    private readonly TrainingSettings _settings;
    private readonly List<(string Name, IBlock Block)> _data = [];

    internal TrainingSimulation(TrainingSettings settings, bool validates = true, double snapshotSeconds = 0, string job = "simulated")
    {
        _settings = settings;
        Data = settings.Model is not FmOptions ? MakeData(validates) : PlantedFeatures.Of(MakeData(validates));
        _spec = JobSpecs.Create(job, Data, settings, resume: null);
        _spec.Snapshots = true;
        _spec.SnapshotSeconds = snapshotSeconds;
        StoredJob stored = new(new MemoryBlobStore(), _spec.Job);
        foreach ((string region, int partition, Func<IBlock> make) in JobData.Ratings(_spec, Data))
        {
            _data.Add((stored.DataName(region, partition), make()));
        }
    }

    internal static TrainingSettings Als { get; } =
        new() { Model = new AlsOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings ImplicitAls { get; } =
        new() { Model = new ImplicitAlsOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings ImplicitSteps { get; } =
        ImplicitAls with { Model = new ImplicitAlsOptions { Rank = 2, Method = ImplicitMethod.ConjugateGradient, Steps = 1 } };

    internal static TrainingSettings Nmf { get; } =
        new() { Model = new NmfOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings Bpmf { get; } =
        new() { Model = new BpmfOptions { Rank = 2, BurnIn = 1 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings Baseline { get; } =
        new() { Model = new BaselineOptions(), Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings Mf { get; } =
        new() { Model = new MfOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings SvdPlusPlus { get; } = new()
    {
        Model = FeedbackOptions.For(Models.Feedback.FeedbackForm.SvdPlusPlus) with { Rank = 2 },
        Clocks = 3,
        Epochs = 2,
        Patience = 0,
        Partitions = 3,
    };

    internal static TrainingSettings Integrated { get; } = SvdPlusPlus with
    {
        Model = FeedbackOptions.For(Models.Feedback.FeedbackForm.Integrated) with { Rank = 2, Neighbors = 6, Shrinkage = 1 },
    };

    internal static TrainingSettings Knn { get; } =
        new() { Model = new KnnOptions { Neighbors = 3, ListLength = 6, Shrinkage = 1 }, Clocks = 1, Epochs = 1, Partitions = 3, Refit = true };

    internal static TrainingSettings Ease { get; } =
        new() { Model = new EaseOptions { Neighbors = 6, Regularization = 4 }, Clocks = 1, Epochs = 1, Partitions = 3 };

    internal static TrainingSettings NeuralOf(NeuralForm form) => new()
    {
        Model = NeuralOptions.For(form) with { Rank = 2, Layers = "6-3", BatchSize = 80 }, Epochs = 2, Patience = 0, Partitions = 3,
    };

    internal static TrainingSettings Fm { get; } = FmBy(FmLearner.Sgd);

    internal static TrainingSettings FmBySampling { get; } = FmBy(FmLearner.Mcmc);

    /// <summary>Thirty users, twenty items, two planted factors.</summary>
    internal TrainingData Data { get; }

    internal JobSpec Spec => _spec;

    /// <summary>A factorization machine, by descent of rank 2, by sweeps of rank 1.</summary>
    internal static TrainingSettings FmBy(FmLearner learner)
    {
        TrainingSettings settings = PlantedFeatures.Settings(learner) with { Epochs = 2, Partitions = 3, Threads = 1 };
        FmOptions options = new() { Learner = learner };
        return options.Sweeps
            ? settings with { Model = options with { Rank = 1, BurnIn = 0, KeptSamples = 2 } }
            : settings with { Model = options with { Rank = 2 }, Clocks = 3 };
    }

    /// <summary>The hash of the model that the engine of one process makes of the same job.</summary>
    internal async Task<string> ReferenceHashAsync()
    {
        TrainingOutcome outcome = await TrainingSession.RunAsync(Data, _settings, new SessionOptions());
        return ModelHash.Compute(outcome.Model!);
    }

    /// <summary>Runs the job alone on one schedule: its queue and coordinator live on node 0, its partitions on the others.</summary>
    /// <param name="seed">Repeats it.</param>
    /// <param name="options">What takes how long and how often something fails.</param>
    /// <param name="arrange">Causes faults by <see cref="SimulatedCluster.At"/> or <see cref="SimulatedCluster.AtEvent"/>.</param>
    /// <exception cref="SimulationException">It hung; the message has the seed.</exception>
    internal SimulatedTraining Run(ulong seed, SimulationOptions? options = null, Action<SimulatedCluster>? arrange = null) =>
        new SimulatedSchedule(seed) { Options = options ?? new SimulationOptions(), Arrange = arrange }.Run(this)[0];

    /// <summary>Puts the job's data into a store, as its owner does.</summary>
    internal void Upload(MemoryBlobStore store)
    {
        foreach ((string name, IBlock block) in _data)
        {
            Finish(StoredBlock.PutAsync(store, name, block));
        }
    }

    /// <summary>The model of a term as the store has it.</summary>
    internal FactorModel ReadModel(MemoryBlobStore store, long term)
    {
        StoredJob stored = new(store, _spec.Job);
        return JobTables.ToModel(_spec, Read(Side.User), Read(Side.Item), Data.Features);

        FactorBlock[] Read(Side side) =>
        [
            .. Enumerable.Range(0, JobLayout.StartsOf(side, _spec).Count - 1).Select(block =>
            {
                StoredBlock unread = Finish(StoredBlock.OpenAsync(store, stored.ModelName(term, JobLayout.RegionOf(side, _spec), block)));
                return Finish(unread.ReadAsync(FactorBlock.Reader.Instance, CancellationToken.None).AsTask());
            }),
        ];
    }

    // Nothing of a store in memory ever waits.
    private static T Finish<T>(Task<T> task) =>
        task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("expected to be done");

    private static TrainingData MakeData(bool validates)
    {
        SyntheticData made = SyntheticRatings.Generate(
            new SyntheticOptions { RatingCount = 300, UserCount = 30, ItemCount = 20, Rank = 2, Threads = 1 });
        RatingSplit split = Splitter.Split(made.Data, new SplitOptions { TestRatio = 0, ValidationRatio = validates ? 0.1 : 0 });
        return new TrainingData(split.Train, validates ? split.Validation : null, "tiny", made.Data.Fingerprint);
    }
}
