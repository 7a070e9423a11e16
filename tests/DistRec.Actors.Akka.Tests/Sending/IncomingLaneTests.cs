using DistRec.Actors.Akka.Sending;

namespace DistRec.Actors.Akka.Tests.Sending;

public sealed class IncomingLaneTests
{
    private readonly IncomingLane _lane = new();

    [Fact]
    public void What_follows_the_last_is_taken()
    {
        _lane.Judge(7, 0).ShouldBe(Arrival.Take);
        _lane.Judge(8, 7).ShouldBe(Arrival.Take);
        _lane.Judge(12, 8).ShouldBe(Arrival.Take);
    }

    [Fact]
    public void What_comes_again_is_known()
    {
        _lane.Judge(7, 0);
        _lane.Judge(8, 7);

        _lane.Judge(7, 0).ShouldBe(Arrival.Duplicate);
        _lane.Judge(8, 0).ShouldBe(Arrival.Duplicate);
        _lane.HasTaken(8).ShouldBeTrue();
        _lane.HasTaken(9).ShouldBeFalse();
    }

    [Fact]
    public void After_a_loss_nothing_is_taken_until_the_lost_one_comes_or_is_given_up()
    {
        _lane.Judge(7, 0);

        _lane.Judge(9, 8).ShouldBe(Arrival.TooEarly);
        _lane.Judge(10, 9).ShouldBe(Arrival.TooEarly);
        _lane.Judge(8, 0).ShouldBe(Arrival.Take);
        _lane.Judge(9, 8).ShouldBe(Arrival.Take);

        _lane.Judge(11, 10).ShouldBe(Arrival.TooEarly);
        _lane.Judge(11, 0).ShouldBe(Arrival.Take);
    }

    [Fact]
    public void A_fresh_actor_begins_with_the_oldest_that_its_sender_still_has()
    {
        _lane.Judge(42, 41).ShouldBe(Arrival.TooEarly);
        _lane.Judge(41, 0).ShouldBe(Arrival.Take);
        _lane.Judge(42, 41).ShouldBe(Arrival.Take);
    }
}
