using DistRec.Serving.Stores;
using DistRec.Training.Coordination;

namespace DistRec.Cli.Jobs;

/// <summary>Reads a training job from the command line and its job file, and reports everything wrong with it at once.</summary>
internal static class TrainJobReader
{
    /// <summary>A job for a cluster, from options that <see cref="WithJobFile"/> has merged.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public static TrainJob ReadForCluster(GivenOptions given, CliHost host)
    {
        SubmitOptions.RefuseLocal(given);
        return ReadMerged(given, host);
    }

    /// <summary>The options of the command line and, where it does not give them, of its job file.</summary>
    /// <param name="commandLine">What was typed.</param>
    /// <param name="keys">What the file's keys may be; null for the options of <c>train</c>.</param>
    public static GivenOptions WithJobFile(GivenOptions commandLine, IReadOnlyList<string>? keys = null)
    {
        if (commandLine.Text("job") is not { } path)
        {
            return commandLine;
        }

        var values = new Dictionary<string, GivenValue>(StringComparer.Ordinal);
        try
        {
            values = new(JobFile.Read(path, keys ?? TrainOptions.JobFileKeys, commandLine.Mistakes), StringComparer.Ordinal);
        }
        catch (InputException exception)
        {
            commandLine.Mistakes.Add(exception.Message);
        }

        foreach ((string name, GivenValue value) in commandLine.Values)
        {
            values[name] = value;
        }

        return new GivenOptions(values, commandLine.Mistakes);
    }

    /// <summary>
    /// A job for this process, from options that <see cref="WithJobFile"/> has merged. Where they name no model it has a choice of those that have
    /// all options that were given, and is read and parted as the one that needs validation ratings.
    /// </summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public static TrainJob ReadOpen(GivenOptions given, CliHost host)
    {
        // Events are ratings, or interactions: which of them must be known before they are read.
        string[] models = [.. ModelTrials.Candidates.Concat(given.Has("events") ? [] : [ModelKinds.ImplicitAls]).Where(TakesAll)];

        // Options that only other models have name one of them.
        models = models.Length > 0 ? models : [.. ModelCatalogue.All.Select(model => model.Name).Where(TakesAll).Take(1)];
        if (given.Has("model") || given.Mistakes.Lines.Count > 0 || models.Length == 0)
        {
            return ReadMerged(given, host);
        }

        List<TrainJob> choices = [];
        InputException? first = null;
        foreach (string model in models)
        {
            Dictionary<string, GivenValue> values = new(given.Values, StringComparer.Ordinal) { ["model"] = new GivenValue(model, "--model") };
            try
            {
                choices.Add(ReadMerged(new GivenOptions(values, new Mistakes()) { Root = given.Root }, host));
            }
            catch (InputException exception)
            {
                first ??= exception;
            }
        }

        TrainJob open = choices.MaxBy(job => job.Split.ValidationRatio) ?? throw first!;
        return choices.Count == 1 ? open : open with { Choices = choices };

        bool TakesAll(string model) =>
            TrainOptions.All.All(option => option.Models.Count == 0 || option.Models.Contains(model) || !given.Has(option.Name));
    }

    /// <summary>A job for this process, from options that <see cref="WithJobFile"/> has merged.</summary>
    /// <param name="given">The options.</param>
    /// <param name="host">The world around.</param>
    /// <param name="isKept">Whether its model goes to a folder, which then must be one that can be written.</param>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public static TrainJob ReadMerged(GivenOptions given, CliHost host, bool isKept = true)
    {
        ModelDefinition? named = given.Text("model") is { } typed ? ModelCatalogue.FindTyped(typed) : null;
        ModelDefinition model = named ?? given.OneOf(
            "model", $"{ModelCatalogue.All[0].Name} is a good start", [.. ModelCatalogue.All.Select(known => (known.Name, known))]);
        RefuseOtherModelsOptions(given, model.Name);

        int threads = given.AnyInteger("threads", host.Cores);
        ulong seed = given.Seed("seed", ModelSettingsReader.DefaultSeed);
        ModelOptions asked = ModelSettingsReader.Read(given, model, seed);
        int epochs = given.AnyInteger("epochs", asked.UsualEpochs);
        ModelOptions options = asked.FittedTo(epochs, given.Has);
        TrainingSettings training = new()
        {
            Model = options,
            Epochs = epochs,
            Patience = given.AnyInteger(JobSettings.Patience, options.UsualPatience),
            Refit = !given.Flag(JobSettings.NoRefit),
            Threads = threads,
            Partitions = given.AnyInteger("partitions", threads),
            CheckpointEvery = given.AnyInteger("checkpoint-every", 0),
            Clocks = given.AnyInteger(JobSettings.Clocks, TrainingSettings.UsualClocks),
            Consistency = options.WhyUnused(JobSettings.Consistency) is null ? ReadConsistency(given) : ConsistencyModel.Bsp,
        };
        AddRangeMistakes(given, training);

        int workers = Math.Max(1, threads);
        DataChoice data = DataChoiceReader.Read(given);
        EventSource? events = ReadEvents(given, data, host);
        string output = OutFolder.PathOf(given, model.Name, data);
        if (isKept)
        {
            OutFolder.Check(output, given.PlaceOf("out"), given.Mistakes);
        }

        var job = new TrainJob
        {
            Data = data,
            Read = DataChoiceReader.ReadHow(given, workers),
            Events = events,
            Given = KeptOf(given, events),
            Split = SplitReader.Read(given, seed, workers, options.UsualValidationRatio),
            Training = training,
            Notes = FittedNotes(model, asked, options, epochs),
            Features = options is FmOptions fm ? FeatureChoice.Read(given, fm.Task == FmTask.Classification) : null,
            AllPairsAreFeedback = given.OneOf("implicit", "all is for those who know what users looked at", ("train", false), ("all", true)),
            FeedbackFile = ReadFeedbackFile(given),
            Ranking = RankingReader.Read(given, seed, workers),
            Seed = seed,
            Out = output,
            HasPartitions = given.Has("partitions"),
            Resume = given.Flag("resume"),
            Json = given.Flag("json"),
            Quiet = given.Flag("quiet"),
        };
        if (job is { Ranking: not null, Data: not DataChoice.Pair, Split: { Kind: not (SplitKind.Fold or SplitKind.LastOfUser or SplitKind.OneOfUser), TestRatio: 0 } })
        {
            given.Refuse([.. RankingReader.Options.Select(option => option.Name)], "nothing, since there is no test part to rank", "leave it out, or raise --test-ratio");
        }

        given.Mistakes.ThrowIfAny();
        return job;
    }

    // What nobody chose and is not as usual, since the epochs are few.
    private static string[] FittedNotes(ModelDefinition model, ModelOptions asked, ModelOptions fitted, int epochs) =>
    [
        .. model.Settings.Where(setting => setting.IsOption && !Equals(setting.Get(asked), setting.Get(fitted))).Select(setting =>
            $"--{setting.Name} is {setting.TextOf(fitted)} and not {setting.TextOf(asked)}, since there are {epochs} epochs"),
    ];

    private static void RefuseOtherModelsOptions(GivenOptions given, string model)
    {
        foreach (OptionDefinition option in TrainOptions.All)
        {
            if (option.Models.Count > 0 && given.Has(option.Name) && !option.Models.Contains(model))
            {
                string models = option.Models.Count < 3
                    ? string.Join(" and ", option.Models)
                    : $"{string.Join(", ", option.Models.SkipLast(1))} and {option.Models[^1]}";
                given.Mistakes.Add(given.PlaceOf(option.Name), $"an option of {model}", $"one of {models}", $"leave it out, or train --model {option.Models[0]}");
            }
        }
    }

    // Whoever reads the job again, to fetch its model for instance, has the same events.
    private static IReadOnlyDictionary<string, string> KeptOf(GivenOptions given, EventSource? events) =>
        events is not { Until: < long.MaxValue } ? TrainOptions.Kept(given)
        : new Dictionary<string, string>(TrainOptions.Kept(given), StringComparer.Ordinal) { ["events-until"] = $"{events.Until}" };

    private static EventSource? ReadEvents(GivenOptions given, DataChoice data, CliHost host)
    {
        if (data is DataChoice.Pair or DataChoice.Generated)
        {
            given.Refuse(["events"], "nothing without --data", "give the ratings as one file or folder");
        }

        string? place = given.Text("events");
        long until = given.Integer("events-until", long.MaxValue, 0, "leave it out for all events");
        if (place is null)
        {
            given.Refuse(["events-until"], "nothing without --events", "leave it out");
            return null;
        }

        if (given.Root is not null)
        {
            given.Refuse(["events"], "nothing, since the server has events of its own", "ask for them with \"events\": true beside the options");
            return null;
        }

        place = ServerDatabase.IsFile(place)
            ? given.ExistingPath("events", "the data folder or database of a server, or a file of events", "check the path")!
            : place;
        if (given.Mistakes.Lines.Count > 0)
        {
            return null;
        }

        try
        {
            EventSource all = EventSource.Of(place, host.Time);
            return all with { Until = Math.Min(until, all.Until) };
        }
        catch (InputException exception)
        {
            given.Mistakes.Add(exception.Message);
            return null;
        }
    }

    private static string? ReadFeedbackFile(GivenOptions given)
    {
        if (given.Has("implicit-file") && given.Text("implicit") == "all")
        {
            given.Mistakes.Add(given.PlaceOf("implicit-file"), "feedback from a file or from all ratings", "--implicit all as well", "keep one of them");
        }

        return given.ExistingPath("implicit-file", "a file of user,item pairs", "check the path");
    }

    private static ConsistencyModel ReadConsistency(GivenOptions given)
    {
        ConsistencyModel consistency = ConsistencyModel.Bsp;
        if (given.Text("consistency") is { } text && !ConsistencyModel.TryParse(text, out consistency))
        {
            given.Mistakes.Add(given.PlaceOf("consistency"), "bsp, ssp:s or asp", GivenOptions.Quote(text), "ssp:4 lets a worker be four blocks ahead");
        }

        return consistency;
    }

    // The ranges are stated with the settings, by option name; a value of a job file is named by its line instead.
    private static void AddRangeMistakes(GivenOptions given, TrainingSettings training)
    {
        foreach (string error in SettingsCheck.Errors(training))
        {
            int colon = error.IndexOf(':', StringComparison.Ordinal);
            string name = error[..colon].TrimStart('-');

            // Without --partitions they are as many as the threads, whose mistake is reported already.
            bool isOfThreads = name == "partitions" && !given.Has("partitions");
            if (!isOfThreads)
            {
                given.Mistakes.Add(given.PlaceOf(name) + error[colon..]);
            }
        }
    }
}
