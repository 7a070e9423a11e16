using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace DistRec.Training.Databases;

/// <summary>Statements of one transaction, by Dapper: <c>@name</c> in a text is the parameters' property of that name.</summary>
/// <param name="Connection">Open, with the transaction begun.</param>
/// <param name="Transaction">The transaction.</param>
/// <param name="CancellationToken">Gives up.</param>
internal sealed record Statements(DbConnection Connection, DbTransaction Transaction, CancellationToken CancellationToken)
{
    static Statements()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;

        // Both databases have whole numbers of 64 bits, and only one of them has times.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.AddTypeHandler(new UnixMilliseconds());
    }

    /// <summary>Whether a parameter may be an array, to be taken apart by <c>unnest</c>.</summary>
    public bool TakesArrays => Connection is NpgsqlConnection;

    /// <summary>Runs a statement, once for each where the parameters are several.</summary>
    /// <returns>How many rows it changed.</returns>
    public Task<int> ExecuteAsync(string text, object? parameters = null) => Connection.ExecuteAsync(Command(text, parameters));

    /// <summary>Runs a query; a row's columns become the properties of their names.</summary>
    public async Task<List<T>> QueryAsync<T>(string text, object? parameters = null) =>
        (await Connection.QueryAsync<T>(Command(text, parameters)).ConfigureAwait(false)).AsList();

    private CommandDefinition Command(string text, object? parameters) => new(text, parameters, Transaction, cancellationToken: CancellationToken);

    private sealed class UnixMilliseconds : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => DateTimeOffset.FromUnixTimeMilliseconds((long)value);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value.ToUnixTimeMilliseconds();
        }
    }
}
