namespace DistRec.Actors.Akka.Tests;

public sealed class AkkaActorSystemOptionsTests
{
    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        AkkaActorSystemOptions options = new()
        {
            ClusterName = "dist rec",
            HttpAddress = new Uri("ftp://10.0.0.7/"),
            Blocks = _ => new LocalBlockExchange(),
            MessageSizeLimit = 0,
            SendTimeout = TimeSpan.Zero,
            ComputeThreads = 0,
        };

        Should.Throw<ArgumentException>(options.Validate).Message.ShouldBe(
            """
            The Akka.NET node cannot start:
              ClusterName: expected letters, digits and hyphens, not a hyphen first, found "dist rec"
              HttpAddress: expected http://host:port/ or https://host:port/, found ftp://10.0.0.7/
              MessageSizeLimit: expected at least 1 byte, found 0
              SendTimeout: expected more than 0, found 00:00:00
              ComputeThreads: expected at least 1, found 0
            """);
    }
}
