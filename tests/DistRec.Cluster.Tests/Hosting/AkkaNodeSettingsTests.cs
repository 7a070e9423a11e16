using System.Net;
using Akka.Actor;

namespace DistRec.Cluster.Tests.Hosting;

public sealed class AkkaNodeSettingsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distrec-settings-");

    private static AkkaNodeSettings Coordinator => TestNode.Of(NodeRoles.Coordinator, 7401);

    private static AkkaNodeSettings Worker => TestNode.Of(NodeRoles.Worker, 0);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void All_mistakes_are_reported_at_once_each_with_what_to_do()
    {
        AkkaNodeSettings settings = Worker with
        {
            Roles = ["worker", "boss"],
            PublicHost = "0.0.0.0",
            PublicPort = 70000,
            Seeds = ["coordinator-1", "coordinator-2:7401"],
            Files = [Path.Combine(_folder.FullName, "missing.conf"), Write("odd.conf", "akka.loglevel = ${nowhere}")],
        };

        string[] lines = Should.Throw<ArgumentException>(settings.Validate).Message.Split('\n');

        lines.Length.ShouldBe(7, string.Join('\n', lines));
        lines[0].ShouldContain("missing.conf: expected a file of HOCON");
        lines[1].ShouldContain("odd.conf: expected a file of HOCON");
        lines[2].ShouldContain("Roles: expected coordinator, worker, predictor or several of them, found [worker, boss]; give the node what it is to do");
        lines[3].ShouldContain("PublicHost: expected a host by which other nodes reach this one, found \"0.0.0.0\"");
        lines[4].ShouldContain("PublicPort: expected a port up to 65535, found 70000");
        lines[5].ShouldContain("Tls: expected certificates off the loopback");
        lines[6].ShouldContain("Seeds: expected HOST:PORT, found coordinator-1;");
    }

    [Fact]
    public void A_worker_needs_a_seed() => MistakeOf(Worker)
        .ShouldContain("Seeds: expected HOST:PORT of the coordinators' Akka.NET connections, found none");

    [Theory]
    [InlineData("akka.cluster.seed-nodes = [\"akka.ssl.tcp://distrec@c:7401\"]", "seed-nodes: expected akka.tcp://distrec@HOST:PORT")]
    [InlineData("akka.cluster.seed-nodes = [\"akka.tcp://other@c:7401\"]", "seed-nodes: expected akka.tcp://distrec@HOST:PORT")]
    [InlineData("akka.cluster.roles = [worker]", "akka.cluster.roles: expected [coordinator], the node's roles, found [worker]")]
    [InlineData("akka.remote.dot-netty.tcp.enable-ssl = true", "enable-ssl: expected the node's certificates, found none")]
    public void A_file_that_does_not_fit_the_node_is_refused(string file, string mistake) =>
        MistakeOf(Coordinator with { Files = [Write("node.conf", file)] }).ShouldContain(mistake);

    [Fact]
    public void Only_a_coordinator_records_the_members() =>
        MistakeOf(Worker with { Seeds = ["c:1"], KnownMembersFile = "members" })
            .ShouldContain("KnownMembersFile: expected none on a node that is no coordinator, found members");

    [Theory]
    [InlineData("127.0.0.1", "c", "since the node listens at 127.0.0.1 and calls itself c, found none")]
    [InlineData("0.0.0.0", "localhost", "listens at 0.0.0.0")]
    public void Plaintext_off_the_loopback_is_refused(string listen, string host, string mistake) =>
        MistakeOf(Coordinator with { Listen = new IPEndPoint(IPAddress.Parse(listen), 7401), PublicHost = host }).ShouldContain(mistake);

    [Fact]
    public void What_a_later_file_says_counts()
    {
        string first = Write("first.conf", "akka { loglevel = DEBUG, log-dead-letters = 1 }");
        string second = Write("second.conf", "akka.log-dead-letters = 2");

        AkkaNodeConfiguration node = AkkaNodeConfiguration.From(Coordinator with { Files = [first, second] });

        node.Files.GetString("akka.loglevel").ShouldBe("DEBUG");
        node.Files.GetInt("akka.log-dead-letters").ShouldBe(2);
    }

    [Fact]
    public void An_address_of_ip_version_six_stands_in_brackets()
    {
        AkkaNodeConfiguration node = AkkaNodeConfiguration.From(
            Coordinator with { Listen = new IPEndPoint(IPAddress.IPv6Loopback, 7401), PublicHost = "::1" });

        Address.Parse(node.Cluster.SeedNodes.ShouldHaveSingleItem()).ShouldBe(Node("[::1]", 7401));
        Seeds(Worker with { Seeds = ["[::1]:7401"] }).ShouldBe(["[::1]:7401"]);
    }

    [Fact]
    public void A_coordinator_without_seeds_forms_the_cluster_itself() =>
        Seeds(Coordinator with { PublicPort = 7501 }).ShouldBe(["127.0.0.1:7501"]);

    [Fact]
    public void A_coordinator_asks_those_it_last_knew_behind_those_it_was_told_of()
    {
        string known = Path.Combine(_folder.FullName, "members");
        new KnownMembers(known).Write([Node("w1", 1), Node("c2", 7401), Node("w2", 2)]);
        AkkaNodeSettings settings = Coordinator with { PublicHost = "c1", AllowPlaintext = true, KnownMembersFile = known };

        Seeds(settings).ShouldBe(["c1:7401", "w1:1", "c2:7401", "w2:2"]);
        Seeds(settings with { Seeds = ["c1:7401", "c2:7401"] }).ShouldBe(["c1:7401", "c2:7401", "w1:1", "w2:2"]);

        Seeds(settings with { Seeds = ["c2:7401", "c1:7401"] }).ShouldBe(["c2:7401", "c1:7401", "w1:1", "w2:2"]);
    }

    private static IEnumerable<string> Seeds(AkkaNodeSettings settings) => AkkaNodeConfiguration.From(settings).Cluster.SeedNodes
        .ShouldNotBeNull().Select(node => node["akka.tcp://distrec@".Length..]);

    private static Address Node(string host, int port) => new("akka.tcp", AkkaNodeSettings.SystemName, host, port);

    private static string MistakeOf(AkkaNodeSettings settings) => Should.Throw<ArgumentException>(settings.Validate).Message;

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
