using System.Reflection;
using DistRec.Models.Persistence;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec;

/// <summary>
/// A model that can be fitted to ratings, with its settings. What is null is as suits the model and the data, as with
/// <c>distrec train</c>: the same ratings, seed and settings give the same bits. Immutable: <c>with</c> makes another one.
/// </summary>
public abstract record Estimator
{
    private protected Estimator(string kind) => Kind = kind;

    /// <summary>Name of the model, as the command line has it.</summary>
    public string Kind { get; }

    /// <summary>Epochs at most, at least 1.</summary>
    public int? Epochs { get; init; }

    /// <summary>Epochs without a better validation RMSE before training stops; 0 for never.</summary>
    public int? Patience { get; init; }

    /// <summary>Share of the ratings, in [0, 1), that is kept aside for judging epochs; 0 for none.</summary>
    public double? ValidationRatio { get; init; }

    /// <summary>Whether all ratings are fitted again once the best epoch is known, those kept aside included.</summary>
    public bool Refit { get; init; } = true;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Threads for arithmetic, 1 to 1,024; null for one a processor.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// Partitions of each side, at least 1; null for one a thread. A model that descends has other bits with another number.
    /// </summary>
    public int? Partitions { get; init; }

    /// <summary>Fits the model to ratings; see <see cref="FitAsync"/>.</summary>
    /// <param name="train">The ratings.</param>
    /// <inheritdoc cref="FitAsync"/>
    public TrainedModel Fit(RatingData train) => Task.Run(() => FitAsync(train)).GetAwaiter().GetResult();

    /// <summary>Fits the model to ratings, by the actors that train on a cluster, in this process.</summary>
    /// <param name="train">The ratings, which are left as they are.</param>
    /// <param name="progress">Told every epoch.</param>
    /// <param name="cancellationToken">Stops training; nothing is kept.</param>
    /// <exception cref="InputException">Settings or ratings cannot be used, all mistakes together; or the job does not fit into
    /// memory.</exception>
    /// <exception cref="TrainingFailedException">Training came to no model.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<TrainedModel> FitAsync(
        RatingData train, IProgress<EpochFigures>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        Dictionary<string, object> given = Given();
        TrainingSettings settings = Settings(given);
        RequireRatings(train, settings.Model);
        RatingData data = settings.Model.DropsZeros ? train.WithoutZeros() : train;
        RatingSplit split = Splitter.Split(
            data, new SplitOptions { TestRatio = 0, ValidationRatio = ValidationRatio ?? settings.Model.UsualValidationRatio, Seed = Seed, Threads = settings.Threads });
        FeatureData? features = FeaturesOf(data, split, settings.Model);
        int most = TrainingData.MaxPartitionsOf(split.Train, features);
        settings = settings with
        {
            Model = ModelDefinition.SuitedTo(settings.Model, split.Train, given.ContainsKey),
            Partitions = Partitions ?? Math.Min(settings.Partitions, most),
        };
        TrainingData training = new(split.Train, split.Validation, data.Name, data.Fingerprint) { Features = features };
        JobMemory.Of(settings, training).Require(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        TrainingOutcome outcome = await TrainingSession
            .RunAsync(training, settings, new SessionOptions(), progress is null ? null : new EpochProgress(progress), cancellationToken).ConfigureAwait(false);
        if (outcome.State == JobState.Cancelled)
        {
            throw new OperationCanceledException(outcome.Reason, cancellationToken);
        }

        if (outcome is not { State: JobState.Completed, Model: { } model })
        {
            throw new TrainingFailedException(outcome.Reason);
        }

        RatingMatrix fitted = (outcome.Refitted ? split.WithoutValidation() : split).Train;
        return new TrainedModel(SavedModel.Of(model, data, fitted, Describe(settings, data, outcome)))
        {
            Curve = [.. outcome.Epochs.Select(epoch => epoch.ToFigures())],
            BestEpoch = outcome.BestEpoch,
            Notes = outcome.Notes,
        };
    }

    /// <summary>What a model that does not learn from the ratings themselves learns from; null for other models.</summary>
    private protected virtual FeatureData? FeaturesOf(RatingData data, RatingSplit split, ModelOptions model) => model.HasFeatures
        ? FeatureEncoder.Encode(split, ["user", "item"], new FeatureOptions { Users = data.Users, Items = data.Items }) : null;

    /// <summary>What is kept with the model beside the settings of training.</summary>
    private protected virtual IEnumerable<KeyValuePair<string, object?>> OtherSettings() => [];

    // The settings of the model that somebody chose, by their names as typed.
    private Dictionary<string, object> Given()
    {
        Dictionary<string, object> given = new(StringComparer.Ordinal);
        foreach (SettingDefinition setting in ModelCatalogue.Get(Kind).Settings)
        {
            if (GetType().GetProperty(setting.PropertyName, BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)?.GetValue(this) is { } value)
            {
                given[setting.Name] = value;
            }
        }

        return given;
    }

    // All mistakes are told together.
    private TrainingSettings Settings(Dictionary<string, object> given)
    {
        ModelOptions read = ModelDefinition.Make(
            ModelCatalogue.Get(Kind).Defaults, setting => setting.Type == typeof(ulong) ? Seed : given.GetValueOrDefault(setting.Name));
        ModelOptions asked = ModelDefinition.Complete(read, given.ContainsKey);
        int epochs = Epochs ?? asked.UsualEpochs;
        ModelOptions model = asked.FittedTo(epochs, given.ContainsKey);
        int threads = Threads ?? Environment.ProcessorCount;
        TrainingSettings settings = new()
        {
            Model = model,
            Epochs = epochs,
            Patience = Patience ?? model.UsualPatience,
            Refit = Refit,
            Threads = threads,
            Partitions = Partitions ?? threads,
        };
        (string Name, bool IsGiven)[] ofJob =
        [
            (JobSettings.Patience, Patience is not null), (JobSettings.NoRefit, !Refit), (JobSettings.ValidationRatio, ValidationRatio > 0),
        ];
        string[] mistakes =
        [
            .. SettingsCheck.Errors(settings),
            .. given.Keys.Concat(ofJob.Where(setting => setting.IsGiven).Select(setting => setting.Name))
                .Select(name => (name, Reason: model.WhyUnused(name))).Where(one => one.Reason is not null)
                .Select(one => InputException.At($"--{one.name}", $"nothing, since {one.Reason}", "a value", "leave it out").Message),
        ];
        return mistakes.Length == 0 ? settings : throw new InputException(string.Join(Environment.NewLine, mistakes.Select(ByProperty)));
    }

    // Settings are checked by their names as typed.
    private string ByProperty(string mistake)
    {
        string name = mistake[2..mistake.IndexOf(':', StringComparison.Ordinal)];
        string property = ModelCatalogue.Get(Kind).Settings.FirstOrDefault(setting => setting.Name == name)?.PropertyName
            ?? (name == JobSettings.NoRefit ? nameof(Refit) : string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
        return property + mistake[(2 + name.Length)..];
    }

    private ModelDescription Describe(TrainingSettings settings, RatingData data, TrainingOutcome outcome)
    {
        Dictionary<string, double> metrics = new(StringComparer.Ordinal) { ["bestEpoch"] = outcome.BestEpoch, ["epochs"] = outcome.Epochs.Count };
        if (outcome.Epochs.FirstOrDefault(epoch => epoch.Epoch == outcome.BestEpoch)?.ToFigures().ValidationRmse is { } rmse)
        {
            metrics["validationRmse"] = rmse;
        }

        return new ModelDescription
        {
            Kind = Kind,
            Options = ModelDescription.OptionsOf([.. settings.ByName().Where(setting => setting.Key != "seed"), new("seed", Seed), .. OtherSettings()]),
            Metrics = metrics,
            DataName = data.Name,
            DataFingerprint = data.Fingerprint,
            DistRecVersion = ProductVersion.Number,
            GitCommit = ProductVersion.Commit,
            Created = TimeProvider.System.GetUtcNow(),
        };
    }

    private void RequireRatings(RatingData data, ModelOptions model)
    {
        if (!data.HasRatings && !model.IsImplicit)
        {
            throw InputException.At(
                data.Name, $"ratings for {Kind}", "pairs of user and item without ratings", "fit AlsImplicit, Ease, Bpr or another model of interactions");
        }
    }

    private sealed class EpochProgress(IProgress<EpochFigures> progress) : IProgress<JobEvent>
    {
        public void Report(JobEvent value)
        {
            if (value.Epoch is { } epoch)
            {
                progress.Report(epoch.ToFigures());
            }
        }
    }
}
