using System.Threading.Channels;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistRec.Serving.Actors;
using DistRec.Serving.Protocol;

namespace DistRec.Serving.Tests.Actors;

public sealed class ExperimentsActorTests : TestKit
{
    private readonly Channel<TaskCompletionSource> _looks = Channel.CreateUnbounded<TaskCompletionSource>();

    public ExperimentsActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF, test.single-expect-default = 30s }")
    {
    }

    [Fact]
    public async Task Who_asks_during_a_look_is_answered_by_one_that_begins_afterwards()
    {
        IActorRef actor = Start();
        actor.Tell(new LookAtExperiments());
        TaskCompletionSource first = await NextAsync();
        actor.Tell(new LookAtExperiments());
        actor.Tell(new LookAtExperiments());

        first.SetResult();

        ExpectMsg<ExperimentsLooked>().Failure.ShouldBe("");
        TaskCompletionSource second = await NextAsync();
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        second.SetResult();
        ExpectMsg<ExperimentsLooked>();
        ExpectMsg<ExperimentsLooked>();
    }

    [Fact]
    public async Task A_look_that_fails_says_why_and_the_next_goes_on()
    {
        IActorRef actor = Start();
        actor.Tell(new LookAtExperiments());
        (await NextAsync()).SetException(new InvalidOperationException("no database"));
        ExpectMsg<ExperimentsLooked>().Failure.ShouldBe("no database");

        actor.Tell(new LookAtExperiments());
        (await NextAsync()).SetResult();
        ExpectMsg<ExperimentsLooked>().Failure.ShouldBe("");
    }

    // Its own looks, one a second, wait for the test, too.
    private IActorRef Start() => Sys.ActorOf(ExperimentsActor.Props(async _ =>
    {
        TaskCompletionSource look = new();
        _looks.Writer.TryWrite(look);
        await look.Task;
    }));

    private Task<TaskCompletionSource> NextAsync() => _looks.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
