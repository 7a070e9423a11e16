using DistRec.Node.Hosting;

namespace DistRec.Cli.Tests;

/// <summary>What <c>distrec node</c> says of engines before it starts anything.</summary>
public sealed class NodeEngineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task A_build_without_akka_refuses_it_by_name()
    {
        Skip.If(TrainingNode.Has(NodeEngine.Akka), "this build has Akka.NET");

        CommandResult result = await CommandLine.RunAsync("node", "--engine", "akka", "--role", "worker", "--join", "127.0.0.1:7401");

        result.ExitCode.ShouldBe(2);
        result.Mistakes.ShouldHaveSingleItem().ShouldBe(
            "--engine: expected an engine of this build, which has standalone, found akka; "
            + "build DistRec where the package feed serves Akka.NET, or leave it out for standalone");
    }

    [Fact]
    public async Task Engines_have_options_of_their_own_and_no_other_names()
    {
        CommandResult other = await CommandLine.RunAsync("node", "--role", "seed", "--engine", "orleans");
        CommandResult standalone = await CommandLine.RunAsync("node", "--role", "seed", "--akka-listen", "127.0.0.1:7401");

        other.ExitCode.ShouldBe(2);
        other.Mistakes.ShouldHaveSingleItem().ShouldBe("--engine: expected standalone or akka, found \"orleans\"; leave it out for standalone");
        standalone.ExitCode.ShouldBe(2);
        standalone.Mistakes.ShouldHaveSingleItem().ShouldBe(
            "--akka-listen: expected nothing, since the engine is standalone, found \"127.0.0.1:7401\"; leave it out, or give --engine akka");
    }

    [SkippableFact]
    public async Task All_mistakes_in_what_akka_is_told_are_named()
    {
        Skip.IfNot(TrainingNode.Has(NodeEngine.Akka), "this build has no Akka.NET");

        CommandResult typed = await CommandLine.RunAsync(
            "node", "--engine", "akka", "--role", "worker", "--join", "10.0.0.1", "--detection-ms", "3000");
        string file = _folder.Write("seed.conf", "akka { cluster.roles = [seed], remote.dot-netty.tcp.public-hostname = \"10.0.0.1\" }");
        CommandResult read = await CommandLine.RunAsync("node", "--engine", "akka", "--role", "worker", "--akka-config", $"{file},missing.conf");

        typed.ExitCode.ShouldBe(2);
        typed.Mistakes.Length.ShouldBe(2);
        string.Join('\n', typed.Mistakes).ShouldContain("--join: expected HOST:PORT of every seed node, separated by commas, found \"10.0.0.1\"");
        read.ExitCode.ShouldBe(2);
        string text = string.Join('\n', read.Mistakes);
        text.ShouldContain("missing.conf: expected a file of HOCON");
        text.ShouldContain("akka.cluster.roles: expected [\"worker\"], the node's role, found [seed]");
        text.ShouldContain("akka.cluster.seed-nodes: expected the addresses of the seed nodes, found none");
        text.ShouldContain("akka.remote.dot-netty.tcp.enable-ssl: expected true off the loopback, since the node calls itself 10.0.0.1");
    }
}
