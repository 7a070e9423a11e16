using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace DistRec.Cli.Tests;

/// <summary>What runs in one container, by the files of this checkout.</summary>
/// <param name="Arguments">Of the program.</param>
/// <param name="Variables">Its environment; those of the shell that starts it are not in it.</param>
/// <param name="Definition">All that is said of it.</param>
internal sealed record Container(string[] Arguments, IReadOnlyDictionary<string, string> Variables, JsonElement Definition)
{
    public override string ToString() => string.Join(' ', Arguments);
}

/// <summary>The files that start containers: docker-compose.yml and the manifests of docker/kubernetes.</summary>
internal static partial class ContainerFiles
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../.."));

    public static string Manifests { get; } = Path.Combine(Root, "docker/kubernetes");

    /// <summary>The services of compose that run the program by a command, by name.</summary>
    public static Dictionary<string, Container> Services() => Read(Path.Combine(Root, "docker-compose.yml"))[0]
        .GetProperty("services").EnumerateObject()
        .Where(service => !service.Value.TryGetProperty("entrypoint", out _))
        .ToDictionary(
            service => service.Name,
            service => new Container(
                [.. service.Value.GetProperty("command").EnumerateArray().Select(part => part.GetString()!)],
                service.Value.GetProperty("environment").EnumerateObject()
                    .Where(variable => !string.IsNullOrEmpty(variable.Value.GetString()))
                    .ToDictionary(variable => variable.Name, variable => DefaultOf(variable.Value.GetString()!)),
                service.Value));

    /// <summary>What the kustomization runs, by the name of its set of pods.</summary>
    /// <param name="isReplicated">Whether the component of that name is used.</param>
    public static Dictionary<string, Container> Pods(bool isReplicated)
    {
        JsonElement kustomization = Read(Path.Combine(Manifests, "kustomization.yaml"))[0];
        JsonElement component = Read(Path.Combine(Manifests, "replicated/kustomization.yaml"))[0];
        JsonElement[] patches = isReplicated ? [.. component.GetProperty("patches").EnumerateArray()] : [];
        Dictionary<string, string> shared = Literals(kustomization);
        foreach ((string name, string value) in isReplicated ? Literals(component) : [])
        {
            shared[name] = value;
        }

        Dictionary<string, Container> pods = [];
        IEnumerable<JsonElement> objects = kustomization.GetProperty("resources").EnumerateArray()
            .SelectMany(file => Read(Path.Combine(Manifests, file.GetString()!)));
        foreach (JsonElement one in objects.Where(one => one.GetProperty("kind").GetString() is "Deployment" or "StatefulSet"))
        {
            string name = NameOf(one);
            Dictionary<string, string> variables = new(shared);
            JsonElement container = ContainerOf(one);
            IEnumerable<JsonElement> changes = patches.Where(patch => !patch.TryGetProperty("target", out _))
                .Select(patch => ReadText(patch.GetProperty("patch").GetString()!)[0])
                .Where(patch => NameOf(patch) == name);
            IEnumerable<JsonElement> layers = changes.Select(ContainerOf).Prepend(container);
            foreach (JsonElement variable in layers.SelectMany(layer => layer.GetProperty("env").EnumerateArray()))
            {
                string value = variable.TryGetProperty("value", out JsonElement given) ? given.GetString()! : $"{name}-0";
                variables[variable.GetProperty("name").GetString()!] =
                    ReferenceInManifest().Replace(value, match => variables[match.Groups[1].Value]);
            }

            string[] arguments = [.. container.GetProperty("args").EnumerateArray().Select(part => part.GetString()!)];
            pods[name] = new Container(arguments, variables, container);
        }

        return pods;
    }

    /// <summary>What the image runs to see whether a container does its work.</summary>
    public static string[] HealthCheck() => JsonSerializer.Deserialize<string[]>(
        HealthCheckInDockerfile().Match(File.ReadAllText(Path.Combine(Root, "docker/Dockerfile"))).Groups[1].Value)!;

    /// <summary>The documents of a file.</summary>
    public static List<JsonElement> Read(string path) => ReadText(File.ReadAllText(path));

    private static string NameOf(JsonElement one) => one.GetProperty("metadata").GetProperty("name").GetString()!;

    private static JsonElement ContainerOf(JsonElement one) => one.GetProperty("spec").GetProperty("template").GetProperty("spec")
        .GetProperty("containers").EnumerateArray().ShouldHaveSingleItem();

    private static Dictionary<string, string> Literals(JsonElement kustomization) =>
        kustomization.GetProperty("configMapGenerator").EnumerateArray().ShouldHaveSingleItem().GetProperty("literals").EnumerateArray()
            .Select(literal => literal.GetString()!.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    private static List<JsonElement> ReadText(string text)
    {
        IDeserializer reader = new DeserializerBuilder().Build();
        ISerializer writer = new SerializerBuilder().JsonCompatible().Build();
        MergingParser parser = new(new Parser(new StringReader(text)));
        parser.Consume<StreamStart>();
        List<JsonElement> documents = [];
        while (!parser.Accept<StreamEnd>(out _))
        {
            documents.Add(JsonDocument.Parse(writer.Serialize(reader.Deserialize<object>(parser))).RootElement);
        }

        return documents;
    }

    // ${NAME:-default}, where the shell says nothing.
    private static string DefaultOf(string text) => ReferenceInCompose().Replace(text, match => match.Groups[1].Value);

    [GeneratedRegex(@"\$\{[A-Z_0-9]+:-([^}]*)\}")]
    private static partial Regex ReferenceInCompose();

    [GeneratedRegex(@"^HEALTHCHECK .* CMD (\[.*\])$", RegexOptions.Multiline)]
    private static partial Regex HealthCheckInDockerfile();

    [GeneratedRegex(@"\$\(([A-Z_]+)\)")]
    private static partial Regex ReferenceInManifest();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
