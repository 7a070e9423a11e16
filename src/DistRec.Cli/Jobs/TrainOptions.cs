namespace DistRec.Cli.Jobs;

/// <summary>The options of <c>train</c>, and which models each applies to. Defaults of a model's own settings are those of its options class.</summary>
internal static class TrainOptions
{
    /// <summary>The heading of what models have of their own.</summary>
    public const string SettingsHeading = "Settings of the model";

    private static readonly string[] FeatureModels = [.. ModelCatalogue.All.Where(model => model.Defaults.HasFeatures && model.Name != ModelKinds.Bpr).Select(model => model.Name)];

    /// <summary>Options that a job file cannot have.</summary>
    private static readonly string[] CommandLineOnly = ["job", "json", "quiet", "serve", .. ActivationOptions.All.Select(option => option.Name)];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } = Of(ModelCatalogue.All);

    /// <summary>The options that some models have, with what they are where nobody says in these.</summary>
    public static IReadOnlyList<OptionDefinition> Of(IReadOnlyList<ModelDefinition> models)
    {
        OptionDefinition[] all =
        [
            .. Under(
                "Data",
                new("data", "PATH|NAME", "Ratings: a file or folder, or a data set's name as \"distrec data download\" lists them"),
                new("events", "PLACE", "Ratings that users gave a server since: its --data-dir or --database, or a file of events; they follow those of --data [none]"),
                new("events-until", "N", "Number of the last event that counts, so that a job can be repeated [the newest]"),
                new("train", "PATH", "Training ratings, where the test ratings are a file of their own"),
                new("test", "PATH", "Test ratings, together with --train"),
                new("columns", "NAMES", "What the columns are, such as user,item,rating,timestamp; - skips one [found out]"),
                new("decimal-comma", null, "Ratings are written with a comma, as 3,5"),
                new("duplicates", "HOW", "Of several ratings of a pair take the last, first, mean or sum, or treat them as an error [last]"),
                new("feedback-type", "LIST", "Kinds of feedback to learn from, where a column such as feedback_type or event has several"),
                new("min-rating", "X", "Refuse ratings below"),
                new("max-rating", "X", "Refuse ratings above"),
                new("implicit", "WHAT", "What counts as feedback: the pairs of train alone, or all, those of validation and test too, without their ratings [train]") { Models = [ModelKinds.SvdPlusPlus, ModelKinds.AsymmetricSvd, ModelKinds.Integrated] },
                new("implicit-file", "FILE", "Count as feedback the user,item pairs of this file too, ratings or none") { Models = [ModelKinds.SvdPlusPlus, ModelKinds.AsymmetricSvd, ModelKinds.Integrated] },
                new("ratings", "N", $"Without --data and --train: how many ratings to generate [{GeneratedDefaults.Ratings}]"),
                new("users", "N", $"Users to generate [{GeneratedDefaults.Users}]"),
                new("items", "N", $"Items to generate [{GeneratedDefaults.Items}]")),
            .. Under(
                "Features of ratings",
                new("features", "NAMES", "What a rating is described by: user, item, other-items, implicit-items, implicit-users, time, last-item, flipped (user, item, both implicit ones and, where there are times, time), gender, age, occupation, zip1, zip2, genre, year, and columns of the files [user,item]") { Models = FeatureModels },
                new("user-features", "FILE", "What is said of users, a line each [what lies beside the ratings]") { Models = FeatureModels },
                new("item-features", "FILE", "What is said of items, a line each [what lies beside the ratings]") { Models = FeatureModels },
                new("hash-bits", "N", "Hash features into 2^N buckets, 10 to 28 [an index a feature]") { Models = FeatureModels },
                new("positive-from", "X", "Least rating that counts as 1 in classification") { Models = FeatureModels }),
            .. Under(
                "Split",
                new("test-ratio", "X", $"Share of the ratings, or of cold users or items, kept for the test [{SplitDefaults.TestRatio}]"),
                OfJob(
                    models, JobSettings.ValidationRatio, "X",
                    $"Share of the other ratings that epochs are judged by; 0 for none [{JobSettings.UsualValidationRatio}, 0 for {string.Join(", ", Averaging())} and for ranking]"),
                new("split", "HOW", "random, per-user-last (each user's last rating is the test), leave-one-out (the same, or one at random where there are no times), time (the latest are), cold-users or cold-items (all ratings by, or of, a share of them are) [random]"),
                new("fold", "F/K", "Test on part F of K random parts, 1/5 to 5/5 for instance, instead of --split"),
                new("seed", "N", $"Keys every random draw, of the split and of the model [{ModelSettingsReader.DefaultSeed}]")),
            .. Under("Model", [
                new("model", "MODEL", $"{string.Join(", ", ModelCatalogue.All.Select(model => model.Name))} [the best of {string.Join(", ", ModelTrials.Candidates)} on a part of the ratings; {ModelCatalogue.All[0].Name} where they are sent to a cluster]"),
                new("epochs", "N", $"Epochs at most [{UsualEpochs(models)}]")]),
            .. Under(SettingsHeading, [.. ModelSettings(models)]),
            .. Under(
                "Training",
                OfJob(
                    models, JobSettings.Patience, "N",
                    $"Epochs without a better validation RMSE before training stops; 0 never stops early [{Texts(models, JobSettings.Patience, options => $"{options.UsualPatience}")}]"),
                new("partitions", "N", "Partitions of each side [as many as threads]"),
                new("threads", "N", "Threads for arithmetic [as many as cores]"),
                OfJob(
                    models, JobSettings.NoRefit, null,
                    "Leave the ratings that epochs were judged by out of the model [all ratings are fitted again, for as many epochs as did best]"),
                OfJob(models, JobSettings.Consistency, "HOW", "How far workers may drift apart within an epoch: bsp, ssp:s or asp [bsp]"),
                OfJob(models, JobSettings.Clocks, "N", $"How often in an epoch workers pull tables and push changes [{TrainingSettings.UsualClocks}]"),
                new("checkpoint-every", "N", "Epochs between checkpoints; 0 only when stopped [0]"),
                new("resume", null, "Go on from the newest checkpoint")),
            .. RankingReader.Options,
            .. Under(
                "Output",
                [
                    new("out", "DIR", "Folder of the model; journal and checkpoints go to DIR.work [runs/MODEL-DATA]"),
                    new("serve", null, "Then answer with the model over HTTP until stopped, as distrec serve does"),
                    .. ActivationOptions.All,
                    new("job", "FILE", "Read options from a YAML file, its keys named as here; options given here win"),
                    new("json", null, "Print exactly one JSON object"),
                    new("quiet", null, "No progress"),
                ]),
        ];
        return [.. all.Where(option => option.Models.Count == 0 || models.Any(model => option.Models.Contains(model.Name)))];
    }

    /// <summary>Puts options under a heading of help.</summary>
    public static IEnumerable<OptionDefinition> Under(string heading, params IEnumerable<OptionDefinition> options) =>
        options.Select(option => option with { Heading = heading });

    // Each setting of these models once, with what it is where nobody says in each model that has it.
    private static IEnumerable<OptionDefinition> ModelSettings(IReadOnlyList<ModelDefinition> models) => models
        .SelectMany(model => model.Settings.Where(setting => model.Has(setting.Name)).Select(setting => (Model: model, Setting: setting)))
        .GroupBy(entry => entry.Setting.Name)
        .Select(entries =>
        {
            SettingDefinition first = entries.First().Setting;
            string help = string.Join("; ", entries.GroupBy(entry => entry.Setting.Help).Select((alike, index) => HelpOf(alike.Key, index > 0, [.. alike], models.Count == 1)));
            string? value = first.IsFlag ? null : first.Words.Count > 0 ? "HOW" : first.Type == typeof(int) ? "N" : first.Type == typeof(string) ? "LIST" : "X";
            return new OptionDefinition(entries.Key, value, help) { Models = [.. entries.Select(entry => entry.Model.Name)] };
        });

    private static string HelpOf(string help, bool isContinued, IReadOnlyList<(ModelDefinition Model, SettingDefinition Setting)> alike, bool isOneModel)
    {
        string[] defaults =
        [
            .. alike.Select(entry => entry.Model.With(entry.Setting.Name)!.Value is var usual && entry.Setting.Words.Count > 0
                ? entry.Setting.TextOf(usual.Options)
                : Labelled(usual.Label, entry.Setting.TextOf(usual.Options), isOneModel ? entry.Model : null)).Distinct(),
        ];
        string text = isContinued ? char.ToLowerInvariant(help[0]) + help[1..] : help;
        return alike[0].Setting.IsFlag ? text : $"{text} [{string.Join(", ", defaults)}]";
    }

    // Of one model alone its name says nothing.
    private static string Labelled(string label, string value, ModelDefinition? only) => $"{(only is null ? label : label[only.Name.Length..])} {value}".TrimStart();

    private static OptionDefinition OfJob(IReadOnlyList<ModelDefinition> models, string name, string? value, string help) =>
        new(name, value, help) { Models = [.. models.Where(model => model.With(name) is not null).Select(model => model.Name)] };

    private static string Texts(IReadOnlyList<ModelDefinition> models, string name, Func<ModelOptions, string> of) => string.Join(
        ", ",
        models.Select(model => (Model: model, Usual: model.With(name))).Where(entry => entry.Usual is not null)
            .Select(entry => Labelled(entry.Usual!.Value.Label, of(entry.Usual.Value.Options), models.Count == 1 ? entry.Model : null)));

    private static string UsualEpochs(IReadOnlyList<ModelDefinition> models) => string.Join(
        ", ", models.SelectMany(model => model.Variants.DistinctBy(variant => variant.Options.UsualEpochs)
            .Select(variant => Labelled(variant.Label, $"{variant.Options.UsualEpochs}", models.Count == 1 ? model : null))));

    private static IEnumerable<string> Averaging() => ModelCatalogue.All.Where(model => model.Defaults.Averages).Select(model => model.Name);

    /// <summary>Options that name files, relative to the folder in which they are typed.</summary>
    private static readonly string[] Paths = ["data", "train", "test", "events", "implicit-file", "user-features", "item-features"];

    /// <summary>The options of a job as they are kept to be read again elsewhere, without those of the command that gave them.</summary>
    public static IReadOnlyDictionary<string, string> Kept(GivenOptions given) => given.Values
        .Where(option => option.Key != "resume" && !SubmitOptions.OfTheCommand.Contains(option.Key))
        .ToDictionary(
            option => option.Key,
            option => given.Root is null && Paths.Contains(option.Key) && Path.Exists(option.Value.Text) ? Path.GetFullPath(option.Value.Text) : option.Value.Text,
            StringComparer.Ordinal);

    /// <summary>What a job file's keys may be.</summary>
    public static IReadOnlyList<string> JobFileKeys { get; } = [.. All.Select(option => option.Name).Except(CommandLineOnly)];
}
