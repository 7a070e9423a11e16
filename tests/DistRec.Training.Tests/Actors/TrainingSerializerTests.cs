using System.Runtime.Serialization;
using Akka.Actor;
using DistRec.Training.Actors;
using DistRec.Training.Tests.Coordination;
using Google.Protobuf;

namespace DistRec.Training.Tests.Actors;

public sealed class TrainingSerializerTests : ActorTest
{
    private static readonly JobSpec Spec = SmallJobs.Als(partitions: 3);
    private static readonly PartitionName Partition = PartitionName.Of(SmallJobs.Item(2));

    // Every message that leaves a node, with its manifest: nodes of other versions rely on both.
    private static readonly (string Manifest, object Message)[] All =
    [
        ("P", new PartitionEnvelope("j", 2, 2, SmallJobs.Load(Spec))),
        ("P", new PartitionEnvelope("j", 0, 0, new VisitBlock { Job = "j", Round = long.MaxValue, Block = 3, Holder = -1, LearningRate = 0.1 })),
        ("P", new PartitionEnvelope("j", 4095, 5000, new Ping { Job = "j" })),
        ("P", new PartitionEnvelope("j", 1, 1, new EndJob { Job = "j" })),
        ("P", new PartitionEnvelope("j", 1, 1, new PartitionReleased { Job = "j" })),
        ("R", new RoundReport { Job = "j", Round = 7, Partition = Partition, Count = 9, Incarnation = ulong.MaxValue, Endpoint = "http://10.0.0.7:7400/" }),
        ("p", new RoundProgress { Job = "j", Round = 7, Partition = Partition, Fraction = 0.1 }),
        ("S", new PartitionStarted { Job = "j", Partition = Partition, Incarnation = 8 }),
        ("L", new PartitionLeaving { Job = "j", Partition = Partition, Incarnation = 8 }),
        ("V", new BlockVisited { Job = "j", Round = 7, Worker = 1, Block = 3, RetryableError = "λ" }),
        ("J", new JobsChanged { Job = "j" }),
        ("W", new WatchJob { Job = "j", After = 7, WaitMilliseconds = 10_000 }),
        ("E", new JobEvents { Events = { new JobEvent { Sequence = 1, Note = new Note { Text = "a" } } }, NotRunning = true }),
        ("q", new GetQueueStatus { From = "a" }),
        ("Q", new QueueStatus { Running = { "a", "b" }, Trouble = "the disk is full" }),
        ("n", new GetNodeDescription { From = "a" }),
        ("N", new NodeDescription { Id = "a", Threads = 8 }),
    ];

    private readonly TrainingSerializer _serializer;

    public TrainingSerializerTests() => _serializer = new TrainingSerializer((ExtendedActorSystem)Sys);

    public static TheoryData<int> Messages { get; } = new(Enumerable.Range(0, All.Length));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_comes_back_from_its_bytes_under_the_manifest_that_it_has_always_had(int number)
    {
        (string manifest, object message) = All[number];
        _serializer.Manifest(message).ShouldBe(manifest);
        _serializer.FromBinary(_serializer.ToBinary(message), manifest).ShouldBe(message);
    }

    [Fact]
    public void No_message_is_left_out_and_no_two_have_one_manifest()
    {
        All.Select(entry => entry.Message.GetType()).Distinct().ShouldBe(TrainingSerializer.Types, ignoreOrder: true);
        All.Select(entry => (entry.Manifest, entry.Message.GetType())).Distinct().Select(entry => entry.Manifest).ShouldBeUnique();
        ToPartition.Descriptor.Oneofs.Single().Fields.Select(field => field.MessageType.Name).ShouldBe(
            All.Select(entry => entry.Message).OfType<PartitionEnvelope>().Select(envelope => envelope.Message.Descriptor.Name), ignoreOrder: true);
        _serializer.Identifier.ShouldBe(7401, "it is part of the wire format");
    }

    [Fact]
    public void An_empty_message_has_no_bytes_and_comes_back()
    {
        _serializer.ToBinary(new JobsChanged()).ShouldBeEmpty();
        _serializer.FromBinary([], "J").ShouldBe(new JobsChanged());
        PartitionEnvelope empty = new("", 0, 0, new Ping());
        _serializer.FromBinary(_serializer.ToBinary(empty), "P").ShouldBe(empty);
    }

    [Theory]
    [InlineData("X")]
    [InlineData("")]
    [InlineData("r")]
    public void A_manifest_of_another_version_is_refused_by_name(string manifest) =>
        Should.Throw<SerializationException>(() => _serializer.FromBinary([], manifest)).Message.ShouldBe(
            $"expected a message that TrainingSerializer knows, found manifest \"{manifest}\"; add it there, and run the same version on every node");

    [Fact]
    public void What_stays_in_a_process_is_refused_by_name()
    {
        foreach (object message in new object[] { new WorkEnded(1, WorkOutcome.Done), HandOff.Instance, new CancelJob { Job = "j" }, "text" })
        {
            Should.Throw<SerializationException>(() => _serializer.Manifest(message)).Message.ShouldContain($"found {message.GetType()}");
        }

        Should.Throw<SerializationException>(() => _serializer.ToBinary("text"));
        Should.Throw<ArgumentException>(() => _serializer.ToBinary(new PartitionEnvelope("j", 0, 0, new CancelJob())))
            .Message.ShouldContain("CancelJob is no message to partitions");
    }

    [Fact]
    public void An_envelope_without_a_message_is_refused() =>
        Should.Throw<InvalidDataException>(() => _serializer.FromBinary(new ToPartition { Job = "j" }.ToByteArray(), "P"))
            .Message.ShouldContain("run the same version on every node");

    [Fact]
    public void Bytes_that_end_too_early_are_refused()
    {
        byte[] whole = _serializer.ToBinary(All.First(entry => entry.Manifest == "R").Message);
        Should.Throw<InvalidProtocolBufferException>(() => _serializer.FromBinary(whole[..^1], "R"));
    }

    [Fact]
    public void A_field_of_a_later_version_is_passed_over()
    {
        // Field 1000, a number.
        byte[] later = [.. _serializer.ToBinary(new JobsChanged { Job = "j" }), 0xC0, 0x3E, 0x07];
        _serializer.FromBinary(later, "J").ShouldBeOfType<JobsChanged>().Job.ShouldBe("j");
    }

    [Fact]
    public void The_load_of_a_job_of_4096_partitions_fits_a_frame_of_remoting()
    {
        RunRound load = SmallJobs.Load(SmallJobs.Als(partitions: 4096));
        EndpointTable endpoints = new("http://10.0.0.1:7400/");
        foreach (PartitionId partition in JobLayout.AllOf(load.Spec))
        {
            endpoints.Set(partition, $"http://10.0.{partition.Index % 64}.1:7400/");
        }

        load.Endpoints = endpoints.ToMessage(4096);
        PartitionEnvelope envelope = new("j", 4095, 4095, load);
        byte[] bytes = _serializer.ToBinary(envelope);
        bytes.Length.ShouldBeLessThan(100_000, "frames are of 128,000 bytes");
        _serializer.FromBinary(bytes, "P").ShouldBe(envelope);
    }
}
