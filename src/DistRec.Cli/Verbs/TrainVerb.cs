using System.Net.Sockets;
using DistRec.Serving.Hosting;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec train</c>: ratings in, a model folder out.</summary>
internal sealed class TrainVerb : Verb
{
    public override string Name => "train";

    public override string Summary => "Trains a model on ratings and saves it";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec train", "generated ratings, by the model that does best on a part of them"),
        ("distrec train --data ml-latest-small --model als --rank 32 --out runs/als", "a published data set, downloaded once"),
        ("distrec train --train u1.base --test u1.test --model mf --learning-rate 0.01", "a split that came as two files"),
        ("distrec train --job job.yaml --epochs 5 --json", "options of a file, one of them replaced, for a script"),
        ("distrec train --data ratings.csv --checkpoint-every 1 --resume", "go on where the last run was stopped"),
        ("distrec train --data ml-latest-small --model als --serve", "and answer with the model, at http://127.0.0.1:7500"),
    ];

    public override IReadOnlyList<OptionDefinition> Options => TrainOptions.All;

    public override IReadOnlyList<OptionDefinition> UnderHeadings(ModelDefinition? model) => TrainOptions.Of(model is null ? ModelCatalogue.All : [model]);

    public override Task<int> RunAsync(GivenOptions given, CliHost host) => TrainAsync(TrainJobReader.WithJobFile(given), host);

    /// <summary>Trains by complete options, and lets the model answer where that is asked for.</summary>
    public static async Task<int> TrainAsync(GivenOptions given, CliHost host)
    {
        ModelDestination? destination = ActivationOptions.Read(given, host);
        ServerOptions? server = given.Flag("serve") ? ReadServer(given, host) : null;
        TrainJob job = TrainJobReader.ReadOpen(given, host);
        LocalTrainer trainer = new(host);
        int exitCode = await TrainEnding.RunAsync(job, trainer, destination, host);
        return server is null || exitCode != ExitCode.Success
            ? exitCode
            : await ServeVerb.ServeAsync(server with { ModelFolder = trainer.Trained!.Out }, host, job.Json ? host.Error : host.Output);
    }

    // Settings of the server are those of the environment, or none. That its port is taken is told before hours of training.
    private static ServerOptions ReadServer(GivenOptions given, CliHost host)
    {
        ServerOptions options = ServeOptions.Read(ServeOptions.Gather(new GivenOptions(new Dictionary<string, GivenValue>(), given.Mistakes), host), host);
        try
        {
            using TcpListener listener = new(options.Listen);
            listener.Start();
        }
        catch (SocketException exception)
        {
            given.Mistakes.Add(
                "--serve", $"{options.Listen} to be free", exception.Message,
                $"stop what listens there, or let a server that runs answer: --activate --server http://{options.Listen}");
        }

        return options;
    }
}
