using Microsoft.AspNetCore.Http;

namespace DistRec.Cluster.Api;

/// <summary>A request cannot be done: the sender is told the status, a title, and what was expected, found and is to be done.</summary>
internal sealed class ApiException(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public static ApiException BadRequest(string title, string detail) => new(StatusCodes.Status400BadRequest, title, detail);

    public static ApiException NotFound(string title, string detail) => new(StatusCodes.Status404NotFound, title, detail);

    public static ApiException Conflict(string title, string detail) => new(StatusCodes.Status409Conflict, title, detail);
}
