using DistRec.Evaluation.Ranking;

namespace DistRec.Cli.Protocols;

/// <summary>Reads which models are compared, and gives the training job of each.</summary>
internal static class ComparisonReader
{
    /// <summary>The option that names them.</summary>
    public static OptionDefinition Models { get; } = new(
        "models",
        "LIST",
        $"Two or more of {string.Join(", ", ModelCatalogue.All.Select(model => model.Name))} "
            + $"[{string.Join(',', ModelTrials.Candidates)}]");

    /// <summary>The jobs, one a model. A setting that only some of the models have is given to those.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public static IReadOnlyList<TrainJob> Read(GivenOptions given, CliHost host)
    {
        List<ModelDefinition> models = ReadModels(given);
        foreach (OptionDefinition option in TrainOptions.All.Where(option => option.Models.Count > 0 && given.Has(option.Name)))
        {
            if (models.Count > 0 && !models.Any(model => option.Models.Contains(model.Name)))
            {
                given.Mistakes.Add(
                    given.PlaceOf(option.Name),
                    $"an option of {string.Join(" or ", models.Select(model => model.Name))}",
                    $"one of {string.Join(", ", option.Models)}",
                    "leave it out");
            }
        }

        List<TrainJob> jobs =
        [
            .. models.Select(model => ProtocolOptions.With(given, ChangesFor(given, model)))
                .Select(own => ProtocolOptions.TryRead(own, host, given.Mistakes)).OfType<TrainJob>(),
        ];
        ModelOptions? other = jobs.Select(job => job.Training.Model)
            .FirstOrDefault(model => model is FmOptions { Task: FmTask.Classification });
        if (other is not null)
        {
            given.Mistakes.Add(
                given.PlaceOf("models"), "models that predict ratings or rank", $"{other.Kind}, which classifies",
                $"leave it out; distrec cv --model {other.Kind} judges it alone");
        }

        if (jobs.FirstOrDefault() is { Data: not DataChoice.Pair, Split: { Kind: not (SplitKind.Fold or SplitKind.LastOfUser or SplitKind.OneOfUser), TestRatio: 0 } })
        {
            given.Mistakes.Add(
                given.PlaceOf("test-ratio"), "ratings to compare by, a share above 0", GivenOptions.Quote("0"), "leave it out");
        }

        given.Mistakes.ThrowIfAny();
        ProtocolOptions.RequireRatings(jobs[0], "models of rows are compared by distrec train, one after the other");

        // Preferences and ratings have the order of items in common.
        return jobs.Any(job => job.Ranking is not null || job.Training.Model.IsImplicit)
            ? [.. jobs.Select(job => job with { Ranking = job.Ranking ?? new RankingOptions { Seed = job.Seed, Threads = job.Read.Threads } })]
            : jobs;
    }

    private static IEnumerable<(string Name, GivenValue? Value)> ChangesFor(GivenOptions given, ModelDefinition model) =>
        TrainOptions.All.Where(option => option.Models.Count > 0 && !option.Models.Contains(model.Name))
            .Select(option => (option.Name, (GivenValue?)null))
            .Append(("model", new GivenValue(model.Name, given.PlaceOf("models"))));

    private static List<ModelDefinition> ReadModels(GivenOptions given)
    {
        string[] names = given.Text("models")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ?? ModelTrials.Candidates;
        List<ModelDefinition> models = [];
        foreach (string name in names)
        {
            if (ModelCatalogue.FindTyped(name) is { } model)
            {
                models.Add(model);
                continue;
            }

            string[] known = [.. ModelCatalogue.All.Select(one => one.Name)];
            given.Mistakes.Add(
                given.PlaceOf("models"),
                $"models, {string.Join(", ", known)}",
                GivenOptions.Quote(name),
                Spelling.Advise(name, known) ?? "write them as als,mf,bpmf");
        }

        if (names.Length < 2)
        {
            given.Mistakes.Add(
                given.PlaceOf("models"), "two or more models", GivenOptions.Quote(given.Text("models")!), "write them as als,mf,bpmf");
        }

        if (models.GroupBy(model => model.Name).FirstOrDefault(same => same.Count() > 1) is { } doubled)
        {
            given.Mistakes.Add(given.PlaceOf("models"), "each model once", $"{doubled.Key} {doubled.Count()} times", "leave one out");
        }

        return models;
    }
}
