using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Tests;

/// <summary>Builds servers that listen where a test says, and nowhere else.</summary>
internal static class QuietBuilder
{
    /// <summary>One without logs, and without settings of the working folder: a test puts a stray file there while others run.</summary>
    public static WebApplicationBuilder Create()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        return builder;
    }
}
