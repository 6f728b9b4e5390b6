// A web application that counts the visits of a session. Arguments: connection string. Prints its port.
import express from 'express';
import session from 'express-session';
import { MongoStore } from 'connect-mongo';

const app = express();
app.use(session({ secret: 'secret', resave: false, saveUninitialized: false, store: MongoStore.create({ mongoUrl: process.argv[2] }) }));
app.get('/', (request, response) => {
  request.session.visits = (request.session.visits ?? 0) + 1;
  response.send(String(request.session.visits));
});
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
