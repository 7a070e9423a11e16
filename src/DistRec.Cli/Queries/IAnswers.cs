using DistRec.Models.Queries.Lists;

namespace DistRec.Cli.Queries;

/// <summary>What answers the questions of a command: the model of a folder, or a server.</summary>
internal interface IAnswers : IDisposable
{
    /// <summary>What would a user rate an item?</summary>
    /// <exception cref="InputException">The question cannot be answered as it is put.</exception>
    /// <exception cref="Serving.Client.ServerException">The server refuses, or does not answer.</exception>
    Task<PredictAnswer> PredictAsync(GivenAsker asker, string item, CancellationToken cancellationToken);

    /// <summary>What should a user see?</summary>
    /// <inheritdoc cref="PredictAsync"/>
    Task<RecommendAnswer> RecommendAsync(GivenAsker asker, RecommendQuery query, CancellationToken cancellationToken);

    /// <summary>Which items are like one?</summary>
    /// <inheritdoc cref="PredictAsync"/>
    Task<SimilarItemsAnswer> SimilarItemsAsync(string item, int n, CancellationToken cancellationToken);

    /// <summary>Which users are like one?</summary>
    /// <inheritdoc cref="PredictAsync"/>
    Task<SimilarUsersAnswer> SimilarUsersAsync(GivenAsker asker, int n, CancellationToken cancellationToken);

    /// <summary>Why is a user predicted to rate an item so?</summary>
    /// <inheritdoc cref="PredictAsync"/>
    Task<ExplainAnswer> ExplainAsync(GivenAsker asker, string item, int n, CancellationToken cancellationToken);
}

/// <summary>Finds what answers.</summary>
internal static class AnswersOptions
{
    /// <summary>The options that say what answers.</summary>
    public static readonly IReadOnlyList<OptionDefinition> All =
    [
        ModelFolderOptions.Model with { Help = "Folder of the model; with --server the name of one there [the one that was activated last]" },
        .. ServerClientOptions.All,
    ];

    /// <summary>What answers; call it when all other options are read, since a folder's model is loaded here.</summary>
    /// <exception cref="InputException">There were mistakes, or the model cannot be loaded.</exception>
    public static IAnswers Open(GivenOptions given, CliHost host)
    {
        // A folder that is named is meant, whatever the environment says.
        if (given.Has("server") || (!given.Has("model") && ServerClientOptions.IsGiven(given, host)))
        {
            RecommendationClient? client = ServerClientOptions.Read(given, host);
            given.Mistakes.ThrowIfAny();
            return new ServerAnswers(client!, given.Text("model"));
        }

        given.Refuse(["api-key-file"], "nothing without --server", "leave it out");
        return new FolderAnswers(new ServingModel(ModelFolderOptions.LoadForUsers(given, ModelFolderOptions.ReadPath(given))));
    }
}
