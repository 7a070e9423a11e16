using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DistRec.Node.Hosting.Engines;

/// <summary>The engines that this build has.</summary>
internal static class NodeEngines
{
    /// <summary>How each is made.</summary>
    public static IReadOnlyDictionary<NodeEngine, Func<TrainingNodeOptions, Action<IEndpointRouteBuilder>, ILoggerFactory, INodeEngine>> Makers { get; } =
        new Dictionary<NodeEngine, Func<TrainingNodeOptions, Action<IEndpointRouteBuilder>, ILoggerFactory, INodeEngine>>
        {
            [NodeEngine.Standalone] = (options, mapEndpoints, loggers) => new StandaloneEngine(options, mapEndpoints, loggers),
#if WITH_AKKA
            [NodeEngine.Akka] = (options, mapEndpoints, loggers) => new AkkaEngine(options, mapEndpoints, loggers),
#endif
        };

    /// <exception cref="ArgumentException">The options are not usable, or this build has no such engine.</exception>
    public static INodeEngine Make(TrainingNodeOptions options, Action<IEndpointRouteBuilder> mapEndpoints, ILoggerFactory loggers) =>
        Makers.TryGetValue(options.Engine, out Func<TrainingNodeOptions, Action<IEndpointRouteBuilder>, ILoggerFactory, INodeEngine>? maker)
            ? maker(options, mapEndpoints, loggers)
            : throw new ArgumentException(
                $"The node cannot start:\n  Engine: expected one that this build has, found {options.Engine}; build DistRec where the package feed serves Akka.NET");
}
