using DistRec.Cli.Queries;
using DistRec.Serving.Api;
using DistRec.Serving.Registry;

namespace DistRec.Cli.Cluster;

/// <summary>Whether a server is to answer with a model as soon as it is trained.</summary>
internal static class ActivationOptions
{
    /// <summary>The options.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("activate", null, "Send the model to --server when it is trained, and let it answer there"),
        new("as", "NAME", "With --activate: the model's name on the server [the name of --out's folder]"),
        .. ServerClientOptions.All,
    ];

    /// <summary>The server that takes the model; null where none is to, or beside a mistake.</summary>
    public static ModelDestination? Read(GivenOptions given, CliHost host)
    {
        if (!given.Flag("activate"))
        {
            given.Refuse(["as", "server", "api-key-file"], "nothing without --activate", "leave it out, or let the server take the model");
            return null;
        }

        if (!ServerClientOptions.IsGiven(given, host))
        {
            given.Mistakes.Add("--activate", "a server to take the model", "none", $"give --server URL, or set {ServerClientOptions.AddressVariable}");
            return null;
        }

        string? name = given.Text("as");
        try
        {
            ModelName.Require(name ?? "model");
        }
        catch (InputException exception)
        {
            given.Mistakes.Add($"{given.PlaceOf("as")}: {exception.Message}");
        }

        return ServerClientOptions.Read(given, host) is { } client ? new ModelDestination(client, name) : null;
    }
}

/// <summary>A server that takes a model.</summary>
/// <param name="client">Calls it; disposed of with this.</param>
/// <param name="name">What the model is called there; null for the name of its folder.</param>
internal sealed class ModelDestination(RecommendationClient client, string? name) : IDisposable
{
    /// <summary>Finds out whether the server is there, and takes models of this client: before training, which may take long.</summary>
    /// <exception cref="ServerException">It is not, or does not.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) => client.ModelsAsync(cancellationToken);

    /// <summary>Sends a model, and lets it answer.</summary>
    /// <exception cref="ServerException">The server refuses it.</exception>
    public async Task<ServedModelResult> ActivateAsync(string folder, CancellationToken cancellationToken)
    {
        ModelVersionAnswer version = await client.UploadModelAsync(name ?? ModelName.Of(folder), folder, activate: true, cancellationToken);
        return new ServedModelResult(client.Server.ToString(), version.Name, version.Version);
    }

    public void Dispose() => client.Dispose();
}

/// <summary>Where a model answers.</summary>
/// <param name="Server">Address of the server.</param>
/// <param name="Model">The model's name there.</param>
/// <param name="Version">Its version there, from 1.</param>
internal sealed record ServedModelResult(string Server, string Model, int Version);
