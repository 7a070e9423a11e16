namespace DistRec.Actors.Tests;

public sealed class ActorKindTests
{
    [Fact]
    public void All_mistakes_in_a_kind_are_reported_at_once()
    {
        ActorKind kind = new("a/b", 0, null!)
        {
            MailboxCapacity = 0,
            Restart = new RestartPolicy
            {
                MaxRestarts = -1,
                FirstBackoff = TimeSpan.FromSeconds(2),
                LongestBackoff = TimeSpan.FromSeconds(1),
                ForgetAfter = TimeSpan.Zero,
            },
        };

        Should.Throw<ArgumentException>(kind.Validate).Message.ShouldBe(
            """
            The actor kind "a/b" is not usable:
              Name: expected a name without a slash, found "a/b"
              ShardCount: expected at least 1, found 0
              Factory: expected a function that makes an actor, found null
              MailboxCapacity: expected at least 1, found 0
              Restart.MaxRestarts: expected 0 or more, found -1
              Restart.LongestBackoff: expected at least FirstBackoff (00:00:02), found 00:00:01
              Restart.ForgetAfter: expected more than 0, found 00:00:00
            """);
    }
}
