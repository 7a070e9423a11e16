using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests;

public sealed class ClusterConfigTests
{
    [Theory]
    [InlineData("akka-seed.conf", "seed")]
    [InlineData("akka-worker.conf", "worker")]
    public async Task A_node_starts_with_the_file_of_its_role(string file, string role)
    {
        // The engine's tests put ports of their own behind the file; it is otherwise taken as it is.
        string configuration = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cluster-config", file));
        await using AkkaActorSystem node = AkkaNodes.Start(
            new EngineSettings(TimeProvider.System),
            configuration + "\nakka { remote.dot-netty.tcp.public-hostname = \"127.0.0.1\", cluster.seed-nodes = [] }");
        node.Join(node.ClusterAddress);
        await node.JoinedAsync().Soon("the cluster");

        node.Register(new ActorKind("first", 1, _ => ScriptedActor.Answering(), role));

        (await node.AskAsync<Answer>(new("first", 0), new Question { Number = 2 }, TimeSpan.FromSeconds(15)).Soon()).Number.ShouldBe(2);
    }

    [Theory]
    [InlineData("akka-seed.conf")]
    [InlineData("akka-worker.conf")]
    [InlineData("akka-tls.conf")]
    public void Every_key_of_a_file_is_explained(string file)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "cluster-config");
        string readme = File.ReadAllText(Path.Combine(folder, "README.md"));
        IEnumerable<string> keys = File.ReadLines(Path.Combine(folder, file))
            .Select(line => line.Trim())
            .Where(line => line.Contains(" = ", StringComparison.Ordinal) && line[0] != '#')
            .Select(line => line[..line.IndexOf(" = ", StringComparison.Ordinal)].Split('.')[^1]);

        keys.Where(key => !readme.Contains(key, StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
