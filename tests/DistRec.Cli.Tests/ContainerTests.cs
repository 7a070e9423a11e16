using System.Net;
using System.Text.Json;
using DistRec.Cli.Arguments;
using DistRec.Cli.Cluster;

namespace DistRec.Cli.Tests;

/// <summary>The files that start containers fit the program that runs in them.</summary>
public sealed class ContainerTests : IDisposable
{
    private static readonly string[] OfClients = ["DISTREC_CACHE", "DISTREC_CLUSTER", "DISTREC_SERVER", "DISTREC_API_KEY"];

    private readonly TemporaryFolder _folder = new();

    public ContainerTests() => Directory.CreateDirectory(_folder["ratings"]);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Nodes => ["coordinator", "worker", "server", "server-2"];

    public static TheoryData<string, bool> Pods => new()
    {
        { "distrec-coordinator", false },
        { "distrec-coordinator", true },
        { "distrec-worker", false },
        { "distrec-worker", true },
        { "distrec-server", false },
        { "distrec-server", true },
    };

    [Theory]
    [MemberData(nameof(Nodes))]
    public void The_program_takes_all_settings_that_compose_gives_a_service(string service) => Check(ContainerFiles.Services()[service]);

    [Theory]
    [MemberData(nameof(Pods))]
    public void The_program_takes_all_settings_that_a_pod_is_given(string pod, bool isReplicated) =>
        Check(ContainerFiles.Pods(isReplicated)[pod]);

    [Fact]
    public void No_variable_of_the_files_is_one_that_the_program_does_not_know()
    {
        string[] known =
        [
            .. OfClients,
            .. NodeOptions.Settings.Select(option => VariableOptions.VariableOf("DISTREC_NODE_", option.Name)),
            .. ServeOptions.All.Select(option => VariableOptions.VariableOf(ServeOptions.VariablePrefix, option.Name)),
        ];
        IEnumerable<Container> all =
            [.. ContainerFiles.Services().Values, .. ContainerFiles.Pods(false).Values, .. ContainerFiles.Pods(true).Values];

        all.SelectMany(container => container.Variables.Keys)
            .Where(name => name.StartsWith("DISTREC_", StringComparison.Ordinal)).Except(known).ShouldBeEmpty();
    }

    [Fact]
    public void Compose_publishes_ports_to_this_machine_alone()
    {
        string[] published =
        [
            .. ContainerFiles.Services().Values.Where(service => service.Definition.TryGetProperty("ports", out _))
                .SelectMany(service => service.Definition.GetProperty("ports").EnumerateArray()).Select(port => port.GetString()!),
        ];

        published.Length.ShouldBe(3);
        published.ShouldAllBe(port => port.StartsWith("127.0.0.1:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("coordinator", "http://127.0.0.1:7400/health/ready")]
    [InlineData("worker", "http://127.0.0.1:7400/health/ready")]
    [InlineData("server", "http://127.0.0.1:7500/healthz/ready")]
    [InlineData("server-2", "http://127.0.0.1:7500/healthz/ready")]
    public async Task The_images_health_check_asks_what_runs_in_the_container(string service, string expected)
    {
        Func<string, string?> given = VariablesOf(ContainerFiles.Services()[service]);
        Func<string, string?> variable = name => given(name) ?? (name == "DISTREC_NODE_LISTEN" ? "0.0.0.0:7400" : null);
        using AnsweringNetwork network = new(HttpStatusCode.OK);
        string[] check = ContainerFiles.HealthCheck();

        CommandResult result = await CommandLine.RunAsync(host => host with { Network = network, Variable = variable }, check[1..]);

        check[0].ShouldBe("/app/distrec");
        result.ExitCode.ShouldBe(0, result.Error);
        network.Asked.ShouldBe([$"GET {expected}"]);
    }

    [Theory]
    [MemberData(nameof(Pods))]
    public void The_probes_of_a_pod_ask_where_it_listens(string pod, bool isReplicated)
    {
        Container container = ContainerFiles.Pods(isReplicated)[pod];
        bool serves = container.Arguments[0] == "serve";
        string folder = serves ? "/healthz" : "/health";
        string listen = container.Variables[serves ? "DISTREC_SERVE_LISTEN" : "DISTREC_NODE_LISTEN"];
        Dictionary<string, string> ports = container.Definition.GetProperty("ports").EnumerateArray()
            .ToDictionary(port => port.GetProperty("name").GetString()!, port => port.GetProperty("containerPort").GetString()!);

        foreach (string probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
        {
            JsonElement get = container.Definition.GetProperty(probe).GetProperty("httpGet");
            get.GetProperty("path").GetString().ShouldBe($"{folder}/{(probe == "livenessProbe" ? "live" : "ready")}");
            $"0.0.0.0:{ports[get.GetProperty("port").GetString()!]}".ShouldBe(listen);
        }
    }

    [Fact]
    public void The_kustomization_names_every_manifest_but_the_example()
    {
        IEnumerable<string> files = Directory.GetFiles(ContainerFiles.Manifests, "*.yaml").Select(file => Path.GetFileName(file))
            .Except(["kustomization.yaml", "submit-job.yaml"]);

        ContainerFiles.Read(Path.Combine(ContainerFiles.Manifests, "kustomization.yaml"))[0].GetProperty("resources").EnumerateArray()
            .Select(file => file.GetString()!).ShouldBe(files, ignoreOrder: true);
    }

    private void Check(Container container)
    {
        GivenOptions nothing = new(new Dictionary<string, GivenValue>(), new Mistakes());
        CliHost host = new() { Output = TextWriter.Null, Error = TextWriter.Null, Variable = VariablesOf(container) };
        if (container.Arguments is ["serve"])
        {
            ServeOptions.Read(ServeOptions.Gather(nothing, host), host);
        }
        else
        {
            container.Arguments.ShouldBe(["node"]);
            NodeOptions.Read(NodeOptions.Gather(nothing, host), host);
        }

        nothing.Mistakes.Lines.ShouldBeEmpty();
    }

    // Where a container has its volumes and the secret, this test has a folder.
    private Func<string, string?> VariablesOf(Container container)
    {
        string secret = _folder.Write("secret", new string('s', 32));
        return name => !container.Variables.TryGetValue(name, out string? value) ? null
            : name.EndsWith("_SECRET_FILE", StringComparison.Ordinal) ? secret
            : value == "/ratings" ? _folder["ratings"]
            : value;
    }
}
